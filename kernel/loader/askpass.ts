/**
 * sudo's question for a password, brought to whoever can answer it: sudo runs a small script, the script
 * asks over a Unix socket, this process asks its client. Script and socket lie in a folder that only this
 * user can enter, and go with it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs under `sh` and Node (or Electron as Node); an empty answer means that the user gave up. */
const script = (node: string, socket: string) => `#!/bin/sh
ELECTRON_RUN_AS_NODE=1 exec '${node}' -e '
const s = require("net").connect(process.argv[1]);
let answer = "";
s.on("data", d => { answer += d; });
s.on("end", () => { if (answer) console.log(answer); process.exit(answer ? 0 : 1); });
s.on("error", () => process.exit(1));
s.write(JSON.stringify({ prompt: process.argv[2] || "" }) + "\\n");
' '${socket}' "$1"
`;

export class Askpass {
  readonly #folder = mkdtempSync(join(tmpdir(), 'ebpfnb-'));
  readonly #server: Server;
  /** For SUDO_ASKPASS. */
  readonly program = join(this.#folder, 'askpass');

  private constructor(ask: (prompt: string) => Promise<string | undefined>) {
    this.#server = createServer(connection => {
      connection.setEncoding('utf8').on('error', () => {});
      connection.once('data', async (line: string) => {
        const { prompt } = JSON.parse(line) as { prompt: string };
        connection.end((await ask(prompt).catch(() => undefined)) ?? '');
      });
    });
  }

  static async open(ask: (prompt: string) => Promise<string | undefined>): Promise<Askpass> {
    const askpass = new Askpass(ask);
    const socket = join(askpass.#folder, 'socket');
    await new Promise<void>((listening, failed) =>
      askpass.#server.once('error', failed).listen(socket, listening),
    );
    writeFileSync(askpass.program, script(process.execPath, socket), { mode: 0o700 });
    return askpass;
  }

  close(): void {
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
