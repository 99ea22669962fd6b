/** What the user has set of a flame graph: it outlives the view, and the run. Pure. */
export class FlameChoices {
  /** Keys of the frames to the one that is zoomed into: a later tree has others, perhaps fewer. */
  zoom: string[] = [];
  search = '';
  /** The outermost frame on top. */
  icicle = false;
  /** Colours tell how frames changed, where that is known. */
  changes = false;
}
