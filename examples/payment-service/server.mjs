// A small payment service, for trying releases on: probes, metrics, kept-alive connections, and an
// end that is as good or as bad as its environment says. Node's own modules only.
//
// VERSION      what it calls itself in the header x-app-version
// SHUTDOWN     graceful: lets go of every connection, then exits; abrupt: exits on SIGTERM at once
// READY        never: starts, lives, and is never ready
// ERROR_RATE   the share of payments that it answers with 500, such as 0.2
import { createServer } from 'node:http';

const { VERSION = 'v0', SHUTDOWN = 'graceful', READY = 'soon', ERROR_RATE = '0' } = process.env;
const PORT = Number(process.env.PORT ?? 8080);
const LINGER_MS = 3_000;

let draining = false;
let payments = 0;
let failing = 0;
const counted = new Map();

function count(path, status) {
  const key = `http_requests_total{path="${path}",status="${status}"}`;
  counted.set(key, (counted.get(key) ?? 0) + 1);
}

/** Every fifth of five, rather than one in five by chance: a demonstration should repeat. */
function isFailing() {
  payments += 1;
  const due = Math.floor(payments * Number(ERROR_RATE));
  if (due <= failing) return false;
  failing = due;
  return true;
}

function metrics() {
  const lines = [...counted].map(([key, value]) => `${key} ${value}`);
  return `# HELP http_requests_total Requests answered.\n# TYPE http_requests_total counter\n${lines.join('\n')}\n`;
}

function answer(method, path) {
  switch (path) {
    case '/health/live':
    case '/health/startup':
      return { status: 200, body: 'ok' };
    case '/health/ready':
      return READY === 'never'
        ? { status: 503, body: 'not ready' }
        : { status: 200, body: 'ready' };
    case '/metrics':
      return { status: 200, body: metrics() };
    case '/admin/drain':
      draining = true;
      return { status: 202, body: 'letting go of connections' };
    case '/payments':
      return isFailing()
        ? { status: 500, body: '{"error":"cannot book"}' }
        : { status: method === 'POST' ? 201 : 200, body: `{"state":"accepted","by":"${VERSION}"}` };
    default:
      return { status: 404, body: 'not found' };
  }
}

const server = createServer((request, response) => {
  const path = new URL(request.url, 'http://localhost').pathname;
  request.resume();
  request.on('end', () => {
    const { status, body } = answer(request.method, path);
    count(path, status);
    // Asked to let go, it answers as ever, and says that this was the connection's last answer.
    if (draining) response.setHeader('connection', 'close');
    response.setHeader('x-app-version', VERSION);
    response.writeHead(status);
    response.end(body);
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
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  }, LINGER_MS);
});
