/** Every parser that reads what others wrote. */
import type { Target } from '../target.ts';
import { jsonAnswer, prometheusAnswer, usageAnswer } from './answers.ts';
import { apiAnswer } from './api.ts';
import { destinations, urls } from './destinations.ts';
import { expressions } from './expressions.ts';
import { journal, orders, stageSection } from './journal.ts';
import { logLine } from './log-line.ts';
import { metricsPage } from './metrics-page.ts';
import { migrationSql } from './migration-sql.ts';
import { pushPayload } from './push-payload.ts';
import { imageReference, registryAnswer, registryLogin } from './registry.ts';
import { releaseConfig } from './release-config.ts';
import { scannerReport } from './scanner-report.ts';

export const TARGETS: readonly Target[] = [
  ...[releaseConfig, expressions, destinations, urls],
  ...[metricsPage, prometheusAnswer, jsonAnswer, usageAnswer],
  ...[journal, orders, registryAnswer, registryLogin, imageReference, apiAnswer, logLine],
  ...[pushPayload, stageSection, scannerReport],
  migrationSql,
];
