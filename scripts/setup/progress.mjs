/**
 * Shows long steps: on a terminal one line that is rewritten, elsewhere plain lines. A step that finishes at
 * once leaves no trace, so that a second start is quiet.
 */
const QUIET_MS = 300;
const HEARTBEAT_MS = 15_000;

const seconds = since => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * @template T
 * @param {string} title what is done, e.g. `Building the native addon`
 * @param {(log: (line: string) => void) => Promise<T> | T} work calls `log` with its current line of output
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const terminal = process.stderr.isTTY === true;
  const started = performance.now();
  let detail = '';
  let shown = false;
  const show = () => {
    if (terminal) {
      const line = `  ${title} … ${seconds(started)}${detail ? `  ${detail}` : ''}`;
      process.stderr.write(`\r\x1b[2K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    } else {
      process.stderr.write(shown ? `  … ${seconds(started)}  ${detail.slice(0, 100)}\n` : `${title} …\n`);
    }
    shown = true;
  };
  const first = setTimeout(show, QUIET_MS);
  const beat = setInterval(show, terminal ? 500 : HEARTBEAT_MS);
  const finish = mark => {
    clearTimeout(first);
    clearInterval(beat);
    if (shown) process.stderr.write(`${terminal ? '\r\x1b[2K' : ''}${mark} ${title} (${seconds(started)})\n`);
  };
  try {
    const result = await work(line => {
      detail = line;
    });
    finish('✓');
    return result;
  } catch (error) {
    shown = true;
    finish('✗');
    throw error;
  }
}
