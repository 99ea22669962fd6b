/** A header cell (`file: name.h`): other cells include it, by itself it does nothing. */
import type { EndReason, Panel, PanelDelta } from '../protocol.ts';
import { Run } from './run.ts';

export class HeaderRun extends Run {
  protected async live(): Promise<EndReason> {
    return 'done';
  }

  protected async release(): Promise<void> {}

  async dispose(): Promise<void> {}

  async refresh(): Promise<void> {}

  panels(): Panel[] {
    return [];
  }

  cursor(): undefined {}

  delta(): PanelDelta[] {
    return [];
  }
}
