/** How a map's numbers went: from look to look while somebody watches, or from print to print where it is printed. */
import type { History } from '../protocol.ts';
import { histogramOf } from './histogram.ts';
import { HeatTrack } from './history-heat.ts';
import { LinesTrack, measureOf } from './history-lines.ts';
import { entryCount, isEmpty, type MapEntry, readSnapshot, type ShownMap } from './snapshot.ts';
import { stacksIn } from './stacks.ts';
import { Timeline } from './timeline.ts';

/** Why a snapshot came: somebody looks, the program prints it, the run has ended. */
export type Occasion = 'look' | 'print' | 'end';

/** What is made of snapshots, one after another. */
export interface Track<Reading, Step> {
  /** Its values stay until they change, rather than adding up. */
  readonly isLevel: boolean;
  read(entries: MapEntry[]): Reading;
  /** What came since a reading; without one, since the map was empty. */
  since(now: Reading, before: Reading | undefined): Step;
  /** Nothing came since the step before. */
  still(before: Step | undefined): Step;
  unknown(): Step;
  merge(earlier: Step, later: Step): Step;
  show(steps: Step[]): Pick<History, 'lines' | 'heat'>;
}

/** Looks come more often. */
const LOOK_MS = 950;
/** Larger maps are not followed: it would take longer than showing them. */
const MAX_ENTRIES = 10_000;

export class MapHistory {
  /** Until it turns out that the program prints it time and again. */
  #looks: Course | undefined;
  readonly #prints: Course | undefined;

  /** `start`: when what the map holds began, ms since the epoch. */
  constructor(map: ShownMap, start: number) {
    const course = (printed: boolean) => {
      const track = trackOf(map, printed);
      return track && new Course(map, track, start);
    };
    this.#looks = course(false);
    this.#prints = course(true);
  }

  /** Its programs are attached now. */
  begin(at: number): void {
    this.#looks?.begin(at);
    this.#prints?.begin(at);
  }

  /** The program emptied it. */
  cleared(): void {
    this.#looks?.cleared();
    this.#prints?.cleared();
  }

  /** A payload that is as it was is the same object. Whether there is something new to show. */
  take(payload: Uint8Array, occasion: Occasion, at: number): boolean {
    if (occasion !== 'print') return this.#looks?.take(payload, occasion, at) ?? false;
    const went = this.#prints?.take(payload, occasion, at) ?? false;
    // Once may be at its end.
    if (this.#prints?.isCourse) this.#looks = undefined;
    return went;
  }

  /** There is something to show. */
  get isKnown(): boolean {
    return this.#course?.isCourse ?? false;
  }

  show(): History | undefined {
    return this.#course?.show();
  }

  get #course(): Course | undefined {
    return this.#prints?.isCourse ? this.#prints : this.#looks;
  }
}

/** Undefined for what has no numbers that could go up or down. */
function trackOf(map: ShownMap, printed: boolean): Track<unknown, unknown> | undefined {
  if (stacksIn(map.key ?? []).length > 0) return undefined;
  if (histogramOf(map, [])) return new HeatTrack(map);
  const measure = measureOf(map, printed);
  return measure && new LinesTrack(map, measure);
}

/** Snapshots that came for one reason. */
class Course {
  readonly #timeline: Timeline<unknown>;
  #before: unknown;
  #taken: Uint8Array | undefined;
  /** What is in the map counts from nothing. */
  #fresh: boolean;
  #isStill = false;

  constructor(
    private readonly map: ShownMap,
    private readonly track: Track<unknown, unknown>,
    start: number,
  ) {
    this.#timeline = new Timeline(start, (earlier, later) => track.merge(earlier, later));
    this.#fresh = !map.borrowed;
  }

  /** One step alone says no more than the map. */
  get isCourse(): boolean {
    return this.#timeline.steps.length > 1;
  }

  begin(at: number): void {
    this.#timeline.begin(at);
  }

  cleared(): void {
    this.#fresh = true;
    this.#before = undefined;
    this.#taken = undefined;
  }

  take(payload: Uint8Array, occasion: Occasion, at: number): boolean {
    const { steps, end } = this.#timeline;
    if (occasion === 'look' && at - end < LOOK_MS) return false;
    if (occasion === 'end' && steps.length === 0) return false;
    const isStill = payload === this.#taken;
    // That it stands still is told once.
    const isNew = occasion !== 'look' || !(isStill && (this.track.isLevel || this.#isStill));
    this.#isStill = isStill;
    this.#timeline.push(at, isStill ? this.track.still(steps.at(-1)) : this.#step(payload));
    this.#taken = payload;
    return isNew;
  }

  show(): History | undefined {
    if (!this.isCourse) return undefined;
    const { steps, times } = this.#timeline;
    const { lines, heat } = this.track.show(steps);
    if (heat) return { times, heat };
    return lines?.length ? { times, lines } : undefined;
  }

  #step(payload: Uint8Array): unknown {
    const isKnown = this.#fresh || this.#before !== undefined || this.track.isLevel;
    this.#fresh = false;
    if (entryCount(payload) > MAX_ENTRIES) {
      this.#before = undefined;
      return this.track.unknown();
    }
    const entries = isEmpty(this.map, payload) ? [] : readSnapshot(this.map, payload);
    const now = this.track.read(entries);
    const step = isKnown ? this.track.since(now, this.#before) : this.track.unknown();
    this.#before = now;
    return step;
  }
}
