/** Names of signals, as every libc spells them. */

/** Signals from 1 on: their names, and what strsignal() says of them. */
const SIGNALS: readonly [name: string, text: string][] = [
  ['SIGHUP', 'Hangup'],
  ['SIGINT', 'Interrupt'],
  ['SIGQUIT', 'Quit'],
  ['SIGILL', 'Illegal instruction'],
  ['SIGTRAP', 'Trace/breakpoint trap'],
  ['SIGABRT', 'Aborted'],
  ['SIGBUS', 'Bus error'],
  ['SIGFPE', 'Floating point exception'],
  ['SIGKILL', 'Killed'],
  ['SIGUSR1', 'User defined signal 1'],
  ['SIGSEGV', 'Segmentation fault'],
  ['SIGUSR2', 'User defined signal 2'],
  ['SIGPIPE', 'Broken pipe'],
  ['SIGALRM', 'Alarm clock'],
  ['SIGTERM', 'Terminated'],
  ['SIGSTKFLT', 'Stack fault'],
  ['SIGCHLD', 'Child exited'],
  ['SIGCONT', 'Continued'],
  ['SIGSTOP', 'Stopped (signal)'],
  ['SIGTSTP', 'Stopped'],
  ['SIGTTIN', 'Stopped (tty input)'],
  ['SIGTTOU', 'Stopped (tty output)'],
  ['SIGURG', 'Urgent I/O condition'],
  ['SIGXCPU', 'CPU time limit exceeded'],
  ['SIGXFSZ', 'File size limit exceeded'],
  ['SIGVTALRM', 'Virtual timer expired'],
  ['SIGPROF', 'Profiling timer expired'],
  ['SIGWINCH', 'Window changed'],
  ['SIGIO', 'I/O possible'],
  ['SIGPWR', 'Power failure'],
  ['SIGSYS', 'Bad system call'],
];
const REAL_TIME = { first: 34, last: 64 };

/** What strsignal() says, by number; empty where there is none. */
export const SIGNAL_TEXTS: readonly string[] = Array.from({ length: REAL_TIME.last + 1 }, (_, number) =>
  number >= REAL_TIME.first
    ? `Real-time signal ${number - REAL_TIME.first}`
    : (SIGNALS[number - 1]?.[1] ?? (number === 0 ? 'Unknown signal 0' : '')),
);

/** The number of a signal by its name, `SIG` in front or not, large or small letters. */
export function signalNumber(name: string): number | undefined {
  const wanted = name.toUpperCase();
  const at = SIGNALS.findIndex(([known]) => known === wanted || known === `SIG${wanted}`);
  return at < 0 ? undefined : at + 1;
}
