/** What the phases had to say: phase, place, message, what to do, and the whole log on request. */
import type { Diagnostic, ErrorCode } from '../../kernel/errors.ts';
import { element } from './dom.ts';

/** Problems that are over once the cell runs again. */
const RESTARTABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'kernel-died',
  'loader-died',
  'map-replaced',
]);

/** Whose log it is, where that is not clear. */
const LOGS: Partial<Record<ErrorCode, string>> = { 'verifier-refused': 'Show verifier log' };

/** More hints than these are folded: what they are about is below. */
const FEW_HINTS = 3;

export class ProblemsView {
  #told = element('div', { class: 'problems' });
  #summary = element('summary');
  #hints = element('div', { class: 'problems' });
  #fold = element('details', { class: 'hints' }, this.#summary, this.#hints);
  readonly element = element('div', { class: 'problems' }, this.#told, this.#fold);
  #shown = '[]';

  /** `restart` is absent where nothing can be run. */
  constructor(private readonly restart?: () => void) {
    this.element.hidden = true;
  }

  update(diagnostics: Diagnostic[]): void {
    const text = JSON.stringify(diagnostics);
    if (text === this.#shown) return;
    this.#shown = text;
    const hints = diagnostics.filter(({ severity }) => severity === 'hint');
    const folded = hints.length > FEW_HINTS ? hints : [];
    const told = diagnostics.filter(diagnostic => !folded.includes(diagnostic));
    this.element.hidden = diagnostics.length === 0;
    this.#fold.hidden = folded.length === 0;
    this.#summary.textContent = `${folded.length} hints`;
    this.#told.replaceChildren(...told.map(diagnostic => this.#problem(diagnostic)));
    this.#hints.replaceChildren(...folded.map(diagnostic => this.#problem(diagnostic)));
  }

  #problem(diagnostic: Diagnostic): HTMLElement {
    const { severity, phase, code, message, remedy, facts = [], span, related = [], fix, log } = diagnostic;
    const where = span ? `${phase}, line ${span.start.line + 1}` : phase;
    const problem = element(
      'div',
      { class: `problem ${severity}`, attributes: { role: severity === 'error' ? 'alert' : 'note' } },
      element('span', { class: 'where', text: where }),
      element('span', { class: 'message', text: message }),
    );
    for (const { message, span } of related)
      problem.append(element('span', { class: 'fact', text: `line ${span.start.line + 1}: ${message}` }));
    for (const fact of facts) problem.append(element('span', { class: 'fact', text: fact }));
    if (remedy) problem.append(element('span', { class: 'remedy', text: remedy }));
    if (fix)
      problem.append(element('span', { class: 'remedy', text: `Quick fix at its line: ${fix.title}.` }));
    if (log) problem.append(folded(LOGS[code] ?? 'Whole log', log));
    if (this.restart && RESTARTABLE.has(code)) {
      const button = element('button', { class: 'button', text: 'Restart' });
      button.addEventListener('click', this.restart);
      problem.append(button);
    }
    return problem;
  }
}

function folded(summary: string, text: string): HTMLElement {
  return element('details', {}, element('summary', { text: summary }), element('pre', { text }));
}
