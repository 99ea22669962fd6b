// What the loader does to its own process.
#pragma once

namespace process {

/** Keeps only the capabilities that tracing needs, on every thread, for good. */
void dropCapabilities();
/** SIGKILL for the caller when its parent ends. */
void dieWithParent();

}  // namespace process
