// kubectl against the cluster that is meant: CLUSTER=embedded, CONTEXT=name, or the current context,
// which is asked for before anything is changed in it. Nothing passes through a shell.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';

/** Where `make cluster` leaves the access to its cluster. */
const EMBEDDED = 'out/cluster/kubeconfig';

/** Lists of a large namespace are long. */
const ANSWER_BYTES = 64 * 1024 * 1024;

const { CLUSTER, CONTEXT, KUBECTL = 'kubectl' } = process.env;

/** Ends the program with a word on what to do. */
export function giveUp(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function access() {
  if (CLUSTER && CLUSTER !== 'embedded') giveUp(`CLUSTER=${CLUSTER}: only "embedded" is known`);
  if (CLUSTER && !existsSync(EMBEDDED)) {
    giveUp('the embedded cluster does not run: start it with `make cluster` in another terminal');
  }
  if (CLUSTER) return [`--kubeconfig=${EMBEDDED}`];
  return CONTEXT ? [`--context=${CONTEXT}`] : [];
}

/** Whether it is the one of `make cluster`, however it was named. */
export function isEmbedded() {
  const name = 'jsonpath={.clusters[0].name}';
  return CLUSTER === 'embedded' || ask(['config', 'view', '--minify', '-o', name]) === 'embedded';
}

/** A program and its arguments. */
export function commandLine(args) {
  return [KUBECTL, ...access(), ...args];
}

/** What kubectl prints; undefined where it fails and `orElse` is "nothing". */
export function ask(args, { input, orElse } = {}) {
  const [program, ...all] = commandLine(args);
  const done = spawnSync(program, all, { input, encoding: 'utf8', maxBuffer: ANSWER_BYTES });
  if (done.error) giveUp(`${KUBECTL} cannot be run: ${done.error.message}`);
  if (done.status === 0) return done.stdout;
  if (orElse === 'nothing') return undefined;
  giveUp(`kubectl ${args.join(' ')}: ${withoutNotes(done.stderr)}`);
}

/** What kubectl says itself: its libraries write notes of their own before, with time and place. */
function withoutNotes(said) {
  return said.replaceAll(/^[EIW]\d{4} .*\n/gm, '').trim();
}

export function askJson(args, options) {
  const text = ask([...args, '-o', 'json'], options);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Runs kubectl in the foreground; resolves to its exit code. */
export function run(args) {
  const [program, ...all] = commandLine(args);
  const child = spawn(program, all, { stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

/** Before anything is changed in a cluster that the user has not named. */
export async function confirmCluster(what) {
  if (CLUSTER || CONTEXT) return;
  const context = ask(['config', 'current-context']).trim();
  if (!process.stdin.isTTY) {
    giveUp(`${what}: name the cluster with CONTEXT=${context}, or CLUSTER=embedded`);
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question(`${what} in the cluster of context ${context}? [y/N] `);
  prompt.close();
  if (!/^y(es)?$/i.test(answer)) giveUp('nothing was done');
}

/** Creates an object; returns its name. */
export function create(namespace, object) {
  const input = JSON.stringify(object);
  return askJson(['create', '-n', namespace, '-f', '-'], { input }).metadata.name;
}
