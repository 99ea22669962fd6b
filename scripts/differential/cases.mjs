/** The project's own cases of the language, and how one runs. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { inRoot } from '../setup/folders.mjs';

const FOLDER = inRoot('test', 'conformance', 'cases');
const TIMEOUT_S = 20;

/**
 * @typedef {object} Case
 * @property {string} topic its file
 * @property {string} name
 * @property {string} [prog] a program
 * @property {string} [run] or a shell command, `{{BPFTRACE}}` standing for the program
 * @property {{mode: string, text: string}[]} expect
 * @property {Record<string, string>} [env]
 * @property {number} [since] the first release of bpftrace (0.N) that has what it shows
 * @property {string} [newer] a row of changes.mjs: why 0.23 prints something else
 */

/** @param {string[]} topics names of files; none = all @returns {Case[]} */
export function readCases(topics) {
  return readdirSync(FOLDER)
    .filter(name => name.endsWith('.jsonl'))
    .sort()
    .map(file => ({ file, topic: basename(file, '.jsonl') }))
    .filter(({ topic }) => topics.length === 0 || topics.includes(topic))
    .flatMap(({ file, topic }) =>
      readFileSync(`${FOLDER}/${file}`, 'utf8')
        .split('\n')
        .filter(line => line.trim())
        .map(line => ({ topic, ...JSON.parse(line) })),
    );
}

/** @typedef {{status: number | string, stdout: string, stderr: string}} Ran */

/**
 * @param {Case} one @param {string} command shell words that stand for bpftrace @param {'text' | 'json'} format
 * @returns {Promise<Ran>} `status`: the exit code, the signal, or `timeout`
 */
export function runCase(one, command, format) {
  const script = one.run?.replaceAll('{{BPFTRACE}}', command) ?? `exec ${command} -q -f ${format} -e "$1"`;
  const child = spawn('sh', ['-c', script, 'sh', one.prog ?? ''], {
    env: { ...process.env, ...one.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    process.kill(-child.pid, 'SIGKILL');
  }, TIMEOUT_S * 1000);
  const ran = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'])
    child[name].setEncoding('utf8').on('data', text => (ran[name] += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ ...ran, status: timedOut ? 'timeout' : (code ?? signal) });
    });
  });
}
