// Where a program attaches.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

/** A place in a file's code; offsets count in the file. */
struct UserSite {
  uint64_t offset;
  /** A counter that is 1 or more while the place is traced; 0 = none. */
  uint64_t semaphore;
  /** What bpf_get_attach_cookie() gives there. */
  uint64_t cookie;
};

/** The fields in use depend on the kind. See NativeAttach in types.ts. */
struct AttachSpec {
  enum class Kind { automatic, tracepoint, rawTracepoint, kprobe, uprobe, usdt, program, clock, perfEvent, watchpoint, iterator } kind;
  /** tracepoint */
  std::string category;
  /** tracepoint, rawTracepoint */
  std::string event;
  /** kprobe: `function` or `module:function`; none = the address alone. */
  std::vector<std::string> functions;
  /** uprobe, usdt: path, or the name of a program or library that is searched for. */
  std::string binary;
  std::string symbol;
  /** usdt */
  std::string provider;
  std::string name;
  /** From the function or symbol, or in the file when there is none. */
  uint64_t offset = 0;
  bool onReturn = false;
  int pid = -1;
  /** uprobe: several places instead of one. */
  std::vector<UserSite> sites;
  /** clock: ns; perfEvent: events, or times a second. */
  uint64_t period = 0;
  bool isFrequency = false;
  /** perfEvent: PERF_TYPE_* and PERF_COUNT_*. */
  uint32_t eventType = 0;
  uint64_t eventConfig = 0;
  /** kprobe, watchpoint. */
  uint64_t address = 0;
  /** watchpoint: HW_BREAKPOINT_* are the accesses. */
  uint64_t length = 0;
  uint32_t accesses = 0;
  bool everyCpu = false;
  /** iterator: over cgroups, which need an order. */
  bool cgroups = false;

  /**
   * What a SEC() text asks for: tracepoints and user probes, which are not attached by libbpf's own way.
   * Everything else stays automatic. Throws EINVAL when a part is missing.
   */
  static AttachSpec ofSection(const std::string& section);
  /** Is this the SEC() of a user probe (not of a multi one)? */
  static bool isUprobeSection(const std::string& section);
};
