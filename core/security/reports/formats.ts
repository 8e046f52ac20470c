/** The scanners whose reports are read. */
import { GRYPE } from './grype.ts';
import type { ReportFormat } from './report.ts';
import { TRIVY } from './trivy.ts';

export const FORMATS: readonly ReportFormat[] = [TRIVY, GRYPE];
