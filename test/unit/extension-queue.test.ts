import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { CellQueue, type Job } from '../../extension/controller/queue.ts';

/** A cell whose life the test decides. */
class FakeCell implements Job {
  state: 'waiting' | 'running' | 'ended' | 'skipped' = 'waiting';
  attach!: () => void;
  end!: (ok: boolean) => void;

  constructor(
    readonly name: string,
    readonly endsByItself = false,
  ) {}

  async run(attached: () => void): Promise<boolean> {
    this.state = 'running';
    this.attach = attached;
    const ok = await new Promise<boolean>(resolve => {
      this.end = resolve;
    });
    this.state = 'ended';
    return ok;
  }

  skip(): void {
    this.state = 'skipped';
  }
}

const states = (cells: FakeCell[]) => cells.map(({ state }) => state).join(' ');

describe('the queue of a notebook', () => {
  it('starts the next cell when a live one is attached, and not before', async () => {
    const cells = [new FakeCell('a'), new FakeCell('b')];
    new CellQueue().add(cells);
    assert.equal(states(cells), 'running waiting');
    cells[0]!.attach();
    assert.equal(states(cells), 'running running');
  });

  it('waits for the end of a cell that ends by itself, when others were asked for with it', async () => {
    const cells = [new FakeCell('workload', true), new FakeCell('b')];
    new CellQueue().add(cells);
    cells[0]!.attach();
    assert.equal(states(cells), 'running waiting');
    cells[0]!.end(true);
    await turn();
    assert.equal(states(cells), 'ended running');
  });

  it('lets a cell that is asked for alone run beside one that ends by itself', () => {
    const [first, second] = [new FakeCell('workload', true), new FakeCell('b')];
    const queue = new CellQueue();
    queue.add([first]);
    queue.add([second]);
    assert.equal(states([first, second]), 'running waiting');
    first.attach();
    assert.equal(states([first, second]), 'running running');
  });

  it('skips the rest when a cell fails, and leaves live ones alone', async () => {
    const cells = [new FakeCell('live'), new FakeCell('bad'), new FakeCell('c'), new FakeCell('d')];
    new CellQueue().add(cells);
    cells[0]!.attach();
    cells[1]!.end(false);
    await turn();
    assert.equal(states(cells), 'running ended skipped skipped');
  });

  it('leaves the rest alone when a live cell fails later', async () => {
    const cells = [new FakeCell('live'), new FakeCell('b', true), new FakeCell('c')];
    new CellQueue().add(cells);
    cells[0]!.attach();
    cells[0]!.end(false);
    await turn();
    assert.equal(states(cells), 'ended running waiting');
  });

  it('goes on after a failure with what is asked for next', async () => {
    const queue = new CellQueue();
    const [bad, next] = [new FakeCell('bad'), new FakeCell('next')];
    queue.add([bad]);
    bad.end(false);
    await turn();
    queue.add([next]);
    assert.equal(next.state, 'running');
  });

  it('takes out a waiting cell, but not one whose turn has come', () => {
    const queue = new CellQueue();
    const cells = [new FakeCell('a'), new FakeCell('b'), new FakeCell('c')];
    queue.add(cells);
    assert.equal(queue.remove(cells[0]!), false);
    assert.equal(queue.remove(cells[1]!), true);
    cells[0]!.attach();
    assert.equal(states(cells), 'running waiting running');
  });
});
