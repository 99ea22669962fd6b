#include "features.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <set>

#include "errors.h"

namespace {

/** Loads a program that does nothing; a descriptor, or the negated errno. */
int loadNothing(enum bpf_prog_type type, enum bpf_attach_type attachType, uint32_t function = 0) {
  LogCapture quiet;
  const struct bpf_insn returnZero[] = {
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .src_reg = 0, .off = 0, .imm = 0},
      {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
  };
  LIBBPF_OPTS(bpf_prog_load_opts, load, .expected_attach_type = attachType, .attach_btf_id = function);
  return bpf_prog_load(type, "nothing", "GPL", returnZero, 2, &load);
}

bool tryUprobeMulti() {
  int program = loadNothing(BPF_PROG_TYPE_KPROBE, BPF_TRACE_UPROBE_MULTI);
  if (program < 0) return false;
  // Where the link type is known its arguments are looked at, and a folder has no instructions.
  unsigned long offset = 0;
  LIBBPF_OPTS(bpf_link_create_opts, create);
  create.uprobe_multi.path = "/";
  create.uprobe_multi.offsets = &offset;
  create.uprobe_multi.cnt = 1;
  int link = bpf_link_create(program, -1, BPF_TRACE_UPROBE_MULTI, &create);
  close(program);
  if (link >= 0) close(link);
  return link == -EBADF;
}

/** BPF_TRACE_KPROBE_MULTI or BPF_TRACE_KPROBE_SESSION. */
bool tryKprobes(enum bpf_attach_type type) {
  int program = loadNothing(BPF_PROG_TYPE_KPROBE, type);
  if (program < 0) return false;
  // Where the link type is known, the functions are looked for.
  const char* function = "no function";
  LIBBPF_OPTS(bpf_link_create_opts, create);
  create.kprobe_multi.syms = &function;
  create.kprobe_multi.cnt = 1;
  int link = bpf_link_create(program, -1, type, &create);
  close(program);
  if (link >= 0) close(link);
  return link == -ESRCH;
}

/** 0 or an errno. Some kernels refuse to load such programs, others to attach them. */
int tryFentry() {
  LogCapture quiet;
  // Linux has this function for tests of its own: nothing else calls it.
  int function = libbpf_find_vmlinux_btf_id("bpf_fentry_test1", BPF_TRACE_FENTRY);
  if (function < 0) return -function;
  int program = loadNothing(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, function);
  if (program < 0) return -program;
  int link = bpf_raw_tracepoint_open(nullptr, program);
  close(program);
  if (link < 0) return -link;
  close(link);
  return 0;
}

std::set<std::string> disabled;

std::map<std::string, std::string> findMissing() {
  std::map<std::string, std::string> missing;
  for (const std::string& feature : disabled) missing[feature] = feature + " is switched off";
  if (access("/sys/bus/event_source/devices/kprobe/type", R_OK))
    missing["kprobe"] = "this Linux is built without CONFIG_KPROBES";
  // A reason that is there already stays.
  if (!tryKprobes(BPF_TRACE_KPROBE_MULTI)) missing.emplace("kprobe_multi", "this Linux has no kprobe.multi");
  if (!tryKprobes(BPF_TRACE_KPROBE_SESSION)) missing.emplace("kprobe_session", "this Linux has no kprobe.session");
  if (!features::uprobeMulti()) missing.emplace("uprobe_multi", "this Linux has no uprobe.multi");
  if (int error = tryFentry()) missing["fentry"] = std::string("fentry programs are refused: ") + strerror(error);
  return missing;
}

bool tryPerfEvents() {
  struct __user_cap_header_struct header {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3];
  if (syscall(SYS_capget, &header, held)) return false;
  struct __user_cap_data_struct without[_LINUX_CAPABILITY_U32S_3] {held[0], held[1]};
  without[0].effective &= ~(1u << CAP_SYS_ADMIN);
  if (syscall(SYS_capset, &header, without)) return false;
  struct perf_event_attr attributes {};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_CPU_CLOCK;
  int event = syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
  bool refused = event < 0 && errno == EACCES;
  if (event >= 0) close(event);
  syscall(SYS_capset, &header, held);
  return !refused;
}

}  // namespace

void features::disable(const std::string& feature) { disabled.insert(feature); }

const std::map<std::string, std::string>& features::missing() {
  static const std::map<std::string, std::string> found = findMissing();
  return found;
}

bool features::hasMaps(enum bpf_map_type type) {
  static std::map<enum bpf_map_type, bool> known;
  auto [found, isNew] = known.try_emplace(type, true);
  LogCapture quiet;
  // What cannot be tried out is taken for there.
  if (isNew) found->second = libbpf_probe_bpf_map_type(type, nullptr) != 0;
  return found->second;
}

bool features::uprobeMulti() {
  static const bool can = !disabled.count("uprobe_multi") && tryUprobeMulti();
  return can;
}

bool features::perfEventsByPerfmon() {
  static const bool can = tryPerfEvents();
  return can;
}
