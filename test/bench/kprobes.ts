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
    turns.showLife(`${probe}, new text`, await turns.fresh(turns.traced('@ = count();', name, probe)));
  }
} finally {
  await turns.close();
}
