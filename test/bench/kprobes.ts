/**
 * `npm run bench -- --kprobes`: how long probes at many functions of Linux take to attach and to detach. Arguments as
 * main.ts has them. All of it is work of the processor, which emulation makes about ten times slower.
 */
import { Turns } from './turns.ts';

const [folder, debian, rounds] = process.argv.slice(2) as [string, string, string];
const turns = new Turns(folder, debian, Number(rounds));

try {
  console.log(turns.heading());
  await turns.warmUp(turns.traced('@ = count();', 'count'));
  for (const name of ['vfs', 'tcp']) {
    const probe = `kprobe:${name}_*`;
    const program = turns.traced('@ = count();', name, probe);
    turns.showLife(`${probe}, new text`, await turns.fresh(program));
    const again = await turns.take(() => program(0));
    turns.show('  start, same text again', 'ms', again.get('start'));
  }
} finally {
  await turns.close();
}
