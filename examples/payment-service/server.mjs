// A small payment service, for trying releases on: probes, metrics, kept-alive connections, and an
// end that is as good or as bad as its environment says. Node's own modules only; where it has a database
// (orders.mjs), pg as well.
//
// VERSION      what it calls itself in the header x-app-version
// SHUTDOWN     graceful: closes every connection, then exits; abrupt: exits on SIGTERM at once
// READY        never: starts, lives, and is never ready
// ERROR_RATE   the share of payments that it answers with 500, such as 0.2
// NOISE_RATE   likewise, but by chance, as in a service that is never quite without errors
// DELAY_MS     how much longer every payment takes
// LEAK_KB      what it keeps of every payment, up to 256 MiB
// DEPENDENCY   down: the circuit breaker of its payment provider opens with the fifth payment
// METRICS      fail-after:<seconds>: /metrics answers 503 once it has answered payments for so long
//              broken: one of its lines cannot be read
// METRIC_NAMES micrometer: /metrics names requests as Spring Boot does, and not http_requests_total
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { openOrders } from './orders.mjs';

const { VERSION = 'v0', SHUTDOWN = 'graceful', READY = 'soon' } = process.env;
const { ERROR_RATE = '0', NOISE_RATE = '0', DELAY_MS = '0', LEAK_KB = '0' } = process.env;
const { DEPENDENCY = 'up', METRICS = 'answer', METRIC_NAMES = 'plain' } = process.env;
const PORT = Number(process.env.PORT ?? 8080);
const LINGER_MS = 3_000;
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BREAKER = 'externalPaymentProvider';
const CALLS_BEFORE_OPEN = 5;
const MOST_LEAKED_BYTES = 256 * 1024 * 1024;

let draining = false;
let connections = 0;
let payments = 0;
let failing = 0;
let firstPaymentAt;
const leaked = [];
const counted = new Map();
const orders = await openOrders();

function add(key, amount = 1) {
  counted.set(key, (counted.get(key) ?? 0) + amount);
}

function count(method, path, status, seconds) {
  if (METRIC_NAMES === 'micrometer') {
    const labels = `method="${method}",outcome="${outcomeOf(status)}",status="${status}",uri="${path}"`;
    return observe('http_server_requests_seconds', labels, seconds);
  }
  add(`http_requests_total{path="${path}",status="${status}"}`);
  observe('http_request_duration_seconds', `path="${path}"`, seconds);
}

function observe(histogram, labels, seconds) {
  for (const bound of [...BUCKETS, Number.POSITIVE_INFINITY]) {
    const le = Number.isFinite(bound) ? bound : '+Inf';
    add(`${histogram}_bucket{${labels},le="${le}"}`, seconds <= bound ? 1 : 0);
  }
  add(`${histogram}_sum{${labels}}`, seconds);
  add(`${histogram}_count{${labels}}`);
}

/** As Micrometer calls it. */
function outcomeOf(status) {
  if (status >= 500) return 'SERVER_ERROR';
  return status >= 400 ? 'CLIENT_ERROR' : 'SUCCESS';
}

/** Pages, so that the memory is really taken, and never more than a small machine has. */
function leak() {
  const bytes = Number(LEAK_KB) * 1024;
  if (bytes > 0 && leaked.length * bytes < MOST_LEAKED_BYTES) leaked.push(Buffer.alloc(bytes, 1));
}

/** Every fifth of five, rather than one in five by chance: a demonstration should repeat. */
function isFailing() {
  payments += 1;
  firstPaymentAt ??= performance.now();
  leak();
  if (Math.random() < Number(NOISE_RATE)) return true;
  const due = Math.floor(payments * Number(ERROR_RATE));
  if (due <= failing) return false;
  failing = due;
  return true;
}

/** What the process and its circuit breaker tell of themselves. */
function gauges() {
  const { user, system } = process.cpuUsage();
  const isOpen = DEPENDENCY === 'down' && payments >= CALLS_BEFORE_OPEN;
  const states = { closed: !isOpen, open: isOpen, half_open: false };
  return [
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    `http_connections_open ${connections}`,
    `process_cpu_seconds_total ${(user + system) / 1e6}`,
    ...Object.entries(states).map(
      ([state, is]) =>
        `resilience4j_circuitbreaker_state{name="${BREAKER}",state="${state}"} ${is ? 1 : 0}`,
    ),
    `resilience4j_circuitbreaker_failure_rate{name="${BREAKER}"} ${isOpen ? 100 : 0}`,
    `resilience4j_circuitbreaker_slow_call_rate{name="${BREAKER}"} 0`,
  ];
}

function metrics() {
  const [, seconds] = /^fail-after:(\d+)$/.exec(METRICS) ?? [];
  const overdue =
    performance.now() - (firstPaymentAt ?? performance.now()) > Number(seconds) * 1000;
  if (seconds !== undefined && overdue) return { status: 503, body: 'no metrics' };
  if (METRICS === 'broken')
    return { status: 200, body: 'up 1\nhttp_requests_total{status="200} 7\n' };
  const lines = [...[...counted].map(([key, value]) => `${key} ${value}`), ...gauges()];
  const types = [
    'http_requests_total counter',
    'http_request_duration_seconds histogram',
    'http_server_requests_seconds histogram',
    'http_connections_open gauge',
  ];
  return {
    status: 200,
    body: `${types.map((type) => `# TYPE ${type}`).join('\n')}\n${lines.join('\n')}\n`,
  };
}

async function pay(method) {
  const isBooked = !isFailing() && (orders === undefined || (await orders.book()));
  return isBooked
    ? { status: method === 'POST' ? 201 : 200, body: `{"state":"accepted","by":"${VERSION}"}` }
    : { status: 500, body: '{"error":"cannot book"}' };
}

async function answer(method, path) {
  switch (path) {
    case '/health/live':
    case '/health/startup':
      return { status: 200, body: 'ok' };
    case '/health/ready':
      return READY === 'never'
        ? { status: 503, body: 'not ready' }
        : { status: 200, body: 'ready' };
    case '/metrics':
      return metrics();
    case '/admin/drain':
      draining = true;
      return { status: 202, body: 'letting go of connections' };
    case '/payments':
      return pay(method);
    default:
      return { status: 404, body: 'not found' };
  }
}

const server = createServer((request, response) => {
  const path = new URL(request.url, 'http://localhost').pathname;
  const began = performance.now();
  request.resume();
  request.on('end', async () => {
    if (path === '/payments') await sleep(Number(DELAY_MS));
    const { status, body } = await answer(request.method, path);
    count(request.method, path, status, (performance.now() - began) / 1000);
    // Asked to let go, it answers as ever, and says that this was the connection's last answer.
    if (draining) response.setHeader('connection', 'close');
    response.setHeader('x-app-version', VERSION);
    response.writeHead(status);
    response.end(body);
  });
});

server.on('connection', (socket) => {
  connections += 1;
  socket.once('close', () => {
    connections -= 1;
  });
});
server.keepAliveTimeout = 75_000;
server.listen(PORT, () => console.log(`version=${VERSION} listening on ${PORT}`));

process.on('SIGTERM', () => {
  console.log(`version=${VERSION} SIGTERM, shutdown=${SHUTDOWN}`);
  if (SHUTDOWN === 'abrupt') process.exit(0);
  draining = true;
  // New connections may still come while the end of this pod is made known: they are answered too.
  setTimeout(() => {
    server.close(async () => {
      await orders?.close();
      process.exit(0);
    });
    server.closeIdleConnections();
  }, LINGER_MS);
});
