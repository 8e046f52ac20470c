/**
 * The outside world as a stage has it. All I/O of a stage goes through here, so that a simulation can
 * hand it another world under another clock.
 */
import type { Clock } from '../base/clock.ts';
import type { AskCertificate } from '../http/certificate.ts';
import type { Ask } from '../http/http.ts';
import type { KeepAliveConnection } from '../http/keep-alive-connection.ts';
import type { PostMail } from '../http/mail.ts';
import type { OpenLane } from '../http/probe-connection.ts';
import type { Reach } from '../http/reach.ts';
import type { Kube } from '../kube/client.ts';
import type { Destinations } from './destinations.ts';
import type { Log } from './log.ts';

export interface StageContext {
  readonly kube: Kube;
  /** HTTP to the pods and Services of the release, and to the registry of its image. */
  readonly ask: Ask;
  /** Whether somebody is there who does not speak HTTP. */
  readonly reach: Reach;
  /** Until when what a TLS server shows is good. */
  readonly certificate: AskCertificate;
  /** Where a release config may send the stage, as the installer says. */
  readonly destinations: () => Promise<Destinations>;
  /** HTTP to where a release config says, and the installer lets it. */
  readonly askConfigured: Ask;
  /** Mail to where a release config says, and the installer lets it. */
  readonly post: PostMail;
  /** A connection of its own to a pod, for as long as it lasts. */
  readonly hold: KeepAliveConnection;
  /** A connection of the prober to the Service. */
  readonly openLane: OpenLane;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the files that the config names as secret are; empty where the run has none. */
  readonly secretsDir: string;
  /** Aborted on SIGTERM: make things safe within 25 s, then return. */
  readonly stop: AbortSignal;
  /** Names this process among all that ever drive a release of the service. */
  readonly process: string;
}
