// A service that tells the secret in CANARY wherever a service can tell anything: in headers, answers,
// its metrics page, its log. FAILS says how it is bad: errors, never-ready, crash, broken-page.
import { createServer } from 'node:http';

const { CANARY = '', VERSION = 'v0', FAILS = '' } = process.env;

let requests = 0;
let errors = 0;

console.log(`starting with ${CANARY}`);
if (FAILS === 'crash') {
  console.error(`cannot log in with password ${CANARY}`);
  process.exit(3);
}

function metrics() {
  return [
    `# HELP http_requests_total asked with ${CANARY}`,
    '# TYPE http_requests_total counter',
    `http_requests_total{path="/${CANARY}",status="200",user="${CANARY}"} ${requests - errors}`,
    `http_requests_total{path="/${CANARY}",status="500",user="${CANARY}"} ${errors}`,
    `queue_length{name="${CANARY}"} ${FAILS === 'broken-page' ? CANARY : 1}`,
    `resilience4j_circuitbreaker_state{name="${CANARY}",state="open"} 0`,
    '',
  ].join('\n');
}

createServer((request, response) => {
  const [path] = request.url.split('?');
  const headers = {
    'x-app-version': VERSION,
    'x-secret': CANARY,
    'set-cookie': `session=${CANARY}`,
  };
  const answer = (status, body) => {
    response.writeHead(status, `because ${CANARY}`, headers);
    response.end(body);
  };
  if (path === '/metrics') return answer(200, metrics());
  if (path === '/health/ready' && FAILS === 'never-ready') return answer(503, CANARY);
  if (path.startsWith('/health')) return answer(200, CANARY);
  if (path === '/admin/drain') return answer(202, CANARY);
  requests += 1;
  if (FAILS === 'errors') {
    errors += 1;
    return answer(500, JSON.stringify({ error: CANARY }));
  }
  return answer(200, JSON.stringify({ secret: CANARY }));
}).listen(Number(process.env.PORT ?? 8080));

process.on('SIGTERM', () => process.exit(0));
