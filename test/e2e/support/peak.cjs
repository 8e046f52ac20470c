// Loaded into a stage's process: writes what it has used once it ends.
const { readFileSync, writeFileSync } = require('node:fs');

process.on('exit', () => {
  // Its own peak: what getrusage tells begins with that of the process which has started it.
  const [, peakKiB] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const { user, system } = process.cpuUsage();
  const used = { peakMiB: Number(peakKiB) / 1024, cpuMs: (user + system) / 1000 };
  writeFileSync(process.env.USED_FILE, JSON.stringify(used));
});
