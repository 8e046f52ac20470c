// What stands for a network namespace in Node programs that run as containers.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AddressPlan, claimAddressPlan } from '../../network/address-plan.ts';
import { until } from './support/until.ts';

const PRELOAD = resolve(import.meta.dirname, '../../node/processes/preload.cjs');
const started: ChildProcess[] = [];
let plan: AddressPlan;
let folder: string;

beforeAll(async () => {
  plan = await claimAddressPlan();
  folder = mkdtempSync(join(tmpdir(), 'preload-'));
});

afterAll(async () => {
  for (const one of started) one.kill('SIGKILL');
  await plan.release();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs `program` under the preload; resolves with what it printed. */
function run(program: string, env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, ['--require', PRELOAD, '-e', program], { env });
  started.push(child);
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    output += text;
  });
  return new Promise((done) => child.once('close', () => done(output.trim())));
}

describe('a program in a pod', () => {
  test.each([
    ['listen(8080)', 8080],
    ["listen(8080, '0.0.0.0')", 8080],
    ["listen('8080')", 8080],
    ['listen(8080, 10)', 8080],
    ["listen({ port: 8080, host: '::' })", 8080],
    ['listen({ port: 8080 })', 8080],
  ])('that says %s listens on the address of its pod', async (call, port) => {
    const program = `const server = require('node:net').createServer();
      server.${call}.once('listening', () => { console.log(JSON.stringify(server.address())); server.close(); });`;
    const address = plan.pods.allocate();
    expect(JSON.parse(await run(program, { POD_IP: address }))).toMatchObject({ address, port });
  });

  test('that names an address listens there', async () => {
    const program = `const server = require('node:net').createServer();
      server.listen(0, '127.0.0.1', () => { console.log(server.address().address); server.close(); });`;
    expect(await run(program, { POD_IP: plan.pods.allocate() })).toBe('127.0.0.1');
  });

  test('finds low ports elsewhere where only root may listen on them, and nobody notices', async () => {
    const address = plan.pods.allocate();
    const hosts = join(folder, 'hosts');
    writeFileSync(hosts, `${address} shop.default.svc.cluster.local`);
    const program = `const { createServer, get } = require('node:http');
      const server = createServer((_, response) => response.end('hello')).listen(80, async () => {
        console.log(server.address().port);
        for (const host of ['shop', process.env.POD_IP]) {
          console.log(await (await fetch('http://' + host + '/')).text());
        }
        server.close(); server.closeAllConnections();
      });`;
    const output = await run(program, {
      POD_IP: address,
      LOW_PORTS_AT: '20000',
      CLUSTER_HOSTS_FILE: hosts,
      POD_SEARCH_DOMAINS: 'default.svc.cluster.local svc.cluster.local',
    });
    expect(output.split('\n')).toEqual(['20080', 'hello', 'hello']);
  });

  test('does not outlive whoever started it', async () => {
    const child = `setInterval(() => {}, 1000)`;
    const parent = `const { spawn } = require('node:child_process');
      console.log(spawn(process.execPath, ['--require', ${JSON.stringify(PRELOAD)}, '-e', '${child}'],
        { detached: true, stdio: 'ignore',
        env: { KUBELET_PID: String(process.pid) } }).pid); setInterval(() => {}, 1000);`;
    const process_ = spawn(process.execPath, ['-e', parent]);
    started.push(process_);
    const pid = await new Promise<number>((done) => {
      process_.stdout.once('data', (text) => done(Number(text)));
    });
    process_.kill('SIGKILL');
    await until('its end', () => (isRunning(pid) ? undefined : true));
  });
});

/** A process that nobody has waited for yet is still there, but runs no more. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

function isZombie(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)]);
  return stdout.toString().startsWith('Z');
}
