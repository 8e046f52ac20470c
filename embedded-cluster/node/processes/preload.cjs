/*
 * Loaded into every Node program that runs as a container. It stands for what a container has and a
 * process has not: a network of its own, the cluster's names, and an end with the node it runs on.
 */
'use strict';

const dns = require('node:dns');
const { readFileSync } = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const net = require('node:net');

const { POD_IP = '', CLUSTER_HOSTS_FILE, POD_SEARCH_DOMAINS = '' } = process.env;
const LOW_PORTS_AT = Number(process.env.LOW_PORTS_AT ?? 0);
const UNSPECIFIED = new Set([undefined, null, '', '0.0.0.0', '::']);

// A container that listens on every address has just one.
if (POD_IP !== '') {
  const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function listenOnPod(...args) {
    return listen.apply(this, withPodAddress(args));
  };
}

function withPodAddress([first, ...rest]) {
  if (typeof first === 'object' && first !== null) {
    if (!('port' in first)) return [first, ...rest];
    const host = UNSPECIFIED.has(first.host) ? POD_IP : first.host;
    return [{ ...first, port: shifted(Number(first.port)), host }, ...rest];
  }
  if (Number.isNaN(Number(first ?? 0))) return [first, ...rest];
  const callback = rest.find((arg) => typeof arg === 'function');
  const host = rest.find((arg) => typeof arg === 'string');
  const backlog = rest.find((arg) => typeof arg === 'number');
  const options = {
    port: shifted(Number(first ?? 0)),
    host: UNSPECIFIED.has(host) ? POD_IP : host,
  };
  return [backlog === undefined ? options : { ...options, backlog }, callback];
}

// Where only root may listen on the ports below 1024, the cluster has them elsewhere.
function shifted(port) {
  return port > 0 && port < 1024 ? port + LOW_PORTS_AT : port;
}

if (LOW_PORTS_AT > 0) {
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function connectShifted(...args) {
    const [options] = Array.isArray(args[0]) ? args[0] : args;
    if (isInCluster(options?.host)) options.port = shifted(Number(options.port));
    return connect.apply(this, args);
  };
}

function isInCluster(host) {
  if (typeof host !== 'string') return false;
  const network = (address) => address?.split('.', 2).join('.');
  return network(net.isIP(host) ? host : addressOf(host)) === network(POD_IP);
}

// The cluster's names, as its DNS server would resolve them.
function addressOf(name) {
  if (!CLUSTER_HOSTS_FILE) return undefined;
  const domains = POD_SEARCH_DOMAINS.split(' ');
  const names = new Set([name, ...domains.map((domain) => `${name}.${domain}`)]);
  const lines = readFileSync(CLUSTER_HOSTS_FILE, 'utf8').split('\n');
  return lines.map((line) => line.split(' ')).find(([, known]) => names.has(known))?.[0];
}

const { lookup } = dns;
const { lookup: lookupLater } = dns.promises;

dns.lookup = Object.assign((name, ...rest) => {
  const address = addressOf(name);
  if (!address) return lookup(name, ...rest);
  const [options, callback = options] = rest;
  if (options?.all) process.nextTick(callback, null, [{ address, family: 4 }]);
  else process.nextTick(callback, null, address, 4);
}, lookup);

dns.promises.lookup = async (name, options) => {
  const address = addressOf(name);
  if (!address) return lookupLater(name, options);
  return options?.all ? [{ address, family: 4 }] : { address, family: 4 };
};
syncBuiltinESMExports();

// No container outlives its node, however that ended.
const parent = process.ppid;
const { KUBELET_PID } = process.env;

function isNodeGone() {
  if (process.ppid !== parent) return true;
  try {
    return KUBELET_PID !== undefined && !process.kill(Number(KUBELET_PID), 0);
  } catch {
    return true;
  }
}

setInterval(() => {
  if (isNodeGone()) process.kill(process.pid, 'SIGKILL');
}, 500).unref();
