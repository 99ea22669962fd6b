// Where a program attaches.
#pragma once

#include <cstdint>
#include <string>

/** The fields in use depend on the kind. See NativeAttach in types.ts. */
struct AttachSpec {
  enum class Kind { automatic, tracepoint, rawTracepoint, uprobe, clock } kind;
  /** tracepoint */
  std::string category;
  /** tracepoint, rawTracepoint */
  std::string event;
  /** uprobe: path, or the name of a program or library that is searched for. */
  std::string binary;
  std::string symbol;
  /** From the symbol, or in the file when there is none. */
  uint64_t offset = 0;
  bool onReturn = false;
  int pid = -1;
  /** clock: ns. */
  uint64_t period = 0;
  bool everyCpu = false;

  /**
   * What a SEC() text asks for: tracepoints and user probes, which are not attached by libbpf's own way.
   * Everything else stays automatic. Throws EINVAL when a part is missing.
   */
  static AttachSpec ofSection(const std::string& section);
  /** Is this the SEC() of a user probe (not of a multi one)? */
  static bool isUprobeSection(const std::string& section);
};
