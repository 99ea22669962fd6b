/** What the kernel asks the user before anything runs as root. */
import * as vscode from 'vscode';
import type { RequestHandlers } from './connection.ts';

/** Remembers what was allowed for as long as the window lives. */
export class Privilege implements RequestHandlers {
  #allowed = new Set<string>();

  /** One question a session, which shows the words that will run. */
  'loader/consent' = async ({ command }: { command: string[] }) => {
    const words = command.map(quote).join(' ');
    if (this.#allowed.has(words)) return { allow: true };
    const answer = await vscode.window.showWarningMessage(
      'Loading BPF programs needs root. Start the eBPF loader as root?',
      {
        modal: true,
        detail: `This command will run:\n\n${words}\n\nThe loader takes compiled programs only, checks every instruction, and ends with this window. Cells are compiled as you.`,
      },
      'Start as Root',
    );
    if (answer) this.#allowed.add(words);
    return { allow: answer !== undefined };
  };

  'loader/password' = async ({ prompt }: { prompt: string }) => {
    const password = await vscode.window.showInputBox({
      title: 'eBPF Notebook: start the loader as root',
      prompt: prompt.trim() || 'Password for sudo',
      password: true,
      ignoreFocusOut: true,
    });
    return password === undefined ? {} : { password };
  };
}

/** A word as a shell would need it, so that the user reads exactly what is run. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
