#include "links.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "binaries.h"
#include "errors.h"
#include "tracefs.h"
#include "user_symbols.h"

namespace {

/** On one CPU, or in one process on every CPU (-1). */
int perfEventOpen(struct perf_event_attr* attributes, int cpu, int pid = -1) {
  attributes->size = sizeof *attributes;
  return syscall(SYS_perf_event_open, attributes, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

/** Keeps errno: the links are those made before the one that failed. */
void destroy(const std::vector<struct bpf_link*>& links) {
  int error = errno;
  for (struct bpf_link* link : links) bpf_link__destroy(link);
  errno = error;
}

struct bpf_link* attachPerfEvent(struct bpf_program* program, int event) {
  struct bpf_link* link = bpf_program__attach_perf_event(program, event);
  if (!link) {
    int error = errno;
    close(event);
    errno = error;
  }
  return link;
}

/** Not by libbpf's own call: that looks for tracefs at fixed places only. */
struct bpf_link* attachTracepoint(struct bpf_program* program, const std::string& category, const std::string& event) {
  std::ifstream file(tracefs::path() + "/events/" + category + "/" + event + "/id");
  uint64_t id;
  if (!(file >> id)) throw SystemError(ENOENT, "no tracepoint " + category + ":" + event);
  struct perf_event_attr attributes {};
  attributes.type = PERF_TYPE_TRACEPOINT;
  attributes.config = id;
  int fd = perfEventOpen(&attributes, 0);
  return fd < 0 ? nullptr : attachPerfEvent(program, fd);
}

constexpr const char* kKprobes = "/sys/bus/event_source/devices/kprobe/";

/** Type of the perf events that are kprobes, and the bit of their configuration that asks for the return. */
struct Kprobes {
  uint32_t type;
  unsigned returnBit;

  static Kprobes find() {
    Kprobes found {};
    std::string config;
    std::ifstream type(std::string(kKprobes) + "type"), bit(std::string(kKprobes) + "format/retprobe");
    if (!(type >> found.type)) throw SystemError(EOPNOTSUPP, "this Linux is built without CONFIG_KPROBES");
    if (bit >> config) found.returnBit = atoi(config.c_str() + config.find(':') + 1);
    return found;
  }
};

/** At a function, or at an address when `function` is empty. */
struct bpf_link* attachKprobeAt(struct bpf_program* program, const AttachSpec& spec, const std::string& function) {
  static const Kprobes kprobes = Kprobes::find();
  struct perf_event_attr attributes {};
  attributes.type = kprobes.type;
  if (spec.onReturn) attributes.config = 1ULL << kprobes.returnBit;
  if (!function.empty()) attributes.kprobe_func = reinterpret_cast<uintptr_t>(function.c_str());
  if (function.empty()) attributes.kprobe_addr = spec.address;
  else attributes.probe_offset = spec.offset;
  int fd = perfEventOpen(&attributes, 0);
  return fd < 0 ? nullptr : attachPerfEvent(program, fd);
}

void requireOne(size_t places) {
  if (places > 1) throw SystemError(EINVAL, "the program is attached to one place at a time");
}

/** All functions by one link where the program is of that kind, else to one. */
struct bpf_link* attachKprobe(struct bpf_program* program, const AttachSpec& spec) {
  if (!Links::takesAllAtOnce(program)) {
    requireOne(spec.functions.size());
    return attachKprobeAt(program, spec, spec.functions.empty() ? "" : spec.functions[0]);
  }
  std::vector<const char*> names;
  for (const std::string& function : spec.functions) names.push_back(function.c_str());
  bool session = bpf_program__expected_attach_type(program) == BPF_TRACE_KPROBE_SESSION;
  LIBBPF_OPTS(bpf_kprobe_multi_opts, options, .syms = names.data(), .cnt = names.size(), .retprobe = spec.onReturn,
              .session = session);
  return bpf_program__attach_kprobe_multi_opts(program, nullptr, &options);
}

std::vector<UserSite> sitesOf(const AttachSpec& spec, const std::string& path) {
  if (!spec.sites.empty()) return spec.sites;
  return {{spec.offset + (spec.symbol.empty() ? 0 : userSymbols::functionOffset(path, spec.symbol)), 0, 0}};
}

/** All places of a probe by one link, or one place where Linux has no uprobe_multi. */
struct bpf_link* attachUprobe(struct bpf_program* program, const AttachSpec& spec) {
  std::string path = binaries::find(spec.binary);
  std::vector<UserSite> sites = sitesOf(spec, path);
  if (Links::takesAllAtOnce(program)) {
    std::vector<unsigned long> offsets, semaphores;
    std::vector<__u64> cookies;
    for (const UserSite& site : sites) {
      offsets.push_back(site.offset);
      semaphores.push_back(site.semaphore);
      cookies.push_back(site.cookie);
    }
    LIBBPF_OPTS(bpf_uprobe_multi_opts, options, .offsets = offsets.data(), .ref_ctr_offsets = semaphores.data(),
                .cookies = cookies.data(), .cnt = offsets.size(), .retprobe = spec.onReturn);
    return bpf_program__attach_uprobe_multi(program, spec.pid, path.c_str(), nullptr, &options);
  }
  requireOne(sites.size());
  const UserSite& site = sites[0];
  LIBBPF_OPTS(bpf_uprobe_opts, options, .ref_ctr_offset = site.semaphore, .bpf_cookie = site.cookie,
              .retprobe = spec.onReturn);
  return bpf_program__attach_uprobe_opts(program, spec.pid, path.c_str(), site.offset, &options);
}

/** One link for each CPU that is on line, or only for the first of them. */
std::vector<struct bpf_link*> attachOnCpus(struct bpf_program* program, struct perf_event_attr attributes, bool everyCpu) {
  std::vector<struct bpf_link*> links;
  for (int cpu = 0; cpu < libbpf_num_possible_cpus(); cpu++) {
    int fd = perfEventOpen(&attributes, cpu);
    if (fd < 0 && errno == ENODEV) continue;
    struct bpf_link* link = fd < 0 ? nullptr : attachPerfEvent(program, fd);
    if (!link) {
      destroy(links);
      return {};
    }
    links.push_back(link);
    if (!everyCpu) break;
  }
  return links;
}

std::vector<struct bpf_link*> attachClock(struct bpf_program* program, const AttachSpec& spec) {
  struct perf_event_attr attributes {};
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_CPU_CLOCK;
  attributes.sample_period = spec.period;
  return attachOnCpus(program, attributes, spec.everyCpu);
}

/** Events and accesses to memory: in one process, or everywhere. */
std::vector<struct bpf_link*> attachCounted(struct bpf_program* program, const AttachSpec& spec) {
  struct perf_event_attr attributes {};
  if (spec.kind == AttachSpec::Kind::watchpoint) {
    attributes.type = PERF_TYPE_BREAKPOINT;
    attributes.bp_addr = spec.address;
    attributes.bp_type = spec.accesses;
    // Linux asks for this length where instructions are watched.
    attributes.bp_len = spec.accesses == HW_BREAKPOINT_X ? sizeof(long) : spec.length;
    attributes.sample_period = 1;
  } else {
    attributes.type = spec.eventType;
    attributes.config = spec.eventConfig;
    attributes.freq = spec.isFrequency;
    // One field of a union with the frequency.
    attributes.sample_period = spec.period;
  }
  if (spec.pid < 0) return attachOnCpus(program, attributes, true);
  int fd = perfEventOpen(&attributes, -1, spec.pid);
  if (fd < 0) return {};
  return {attachPerfEvent(program, fd)};
}

/** What of an iterator's text is kept: the rest is read, and lost. */
constexpr size_t kMostText = 16 << 20;

/** Reading the iterator to its end runs the program for each object. */
struct bpf_link* attachIterator(struct bpf_program* program, const AttachSpec& spec, std::string& text) {
  union bpf_iter_link_info info {};
  if (spec.cgroups) info.cgroup.order = BPF_CGROUP_ITER_DESCENDANTS_PRE;
  else if (spec.pid >= 0) info.task.pid = spec.pid;
  LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &info, .link_info_len = sizeof info);
  bool all = spec.pid < 0 && !spec.cgroups;
  struct bpf_link* link = bpf_program__attach_iter(program, all ? nullptr : &options);
  if (!link) return nullptr;
  int fd = bpf_iter_create(bpf_link__fd(link));
  std::vector<char> buffer(64 << 10);
  ssize_t got = fd;
  // EAGAIN: Linux gives way to others in long iterations.
  while (fd >= 0 && ((got = read(fd, buffer.data(), buffer.size())) > 0 || (got < 0 && errno == EAGAIN)))
    if (got > 0) text.append(buffer.data(), std::min<size_t>(got, kMostText - text.size()));
  int error = errno;
  if (fd >= 0) close(fd);
  if (got == 0) return link;
  bpf_link__destroy(link);
  errno = error;
  return nullptr;
}

std::vector<struct bpf_link*> attachTo(struct bpf_program* program, const AttachSpec& spec, std::string& text);

std::vector<struct bpf_link*> attachBySection(struct bpf_program* program, std::string& text) {
  const std::string section = bpf_program__section_name(program);
  AttachSpec spec = AttachSpec::ofSection(section);
  if (spec.kind != AttachSpec::Kind::automatic) return attachTo(program, spec, text);
  struct bpf_link* link = bpf_program__attach(program);
  if (!link && errno == EOPNOTSUPP) throw SystemError(EOPNOTSUPP, "SEC(\"" + section + "\") names no attach point");
  return {link};
}

std::vector<struct bpf_link*> attachTo(struct bpf_program* program, const AttachSpec& spec, std::string& text) {
  switch (spec.kind) {
    case AttachSpec::Kind::automatic:
      return attachBySection(program, text);
    case AttachSpec::Kind::tracepoint:
      return {attachTracepoint(program, spec.category, spec.event)};
    case AttachSpec::Kind::rawTracepoint:
      return {bpf_program__attach_raw_tracepoint(program, spec.event.c_str())};
    case AttachSpec::Kind::kprobe:
      return {attachKprobe(program, spec)};
    case AttachSpec::Kind::uprobe:
      return {attachUprobe(program, spec)};
    case AttachSpec::Kind::usdt:
      return {bpf_program__attach_usdt(program, spec.pid, binaries::find(spec.binary).c_str(), spec.provider.c_str(),
                                       spec.name.c_str(), nullptr)};
    case AttachSpec::Kind::program:
      return {bpf_program__attach_trace(program)};
    case AttachSpec::Kind::clock:
      return attachClock(program, spec);
    case AttachSpec::Kind::iterator:
      return {attachIterator(program, spec, text)};
    case AttachSpec::Kind::perfEvent:
    case AttachSpec::Kind::watchpoint:
      return attachCounted(program, spec);
  }
  return {};
}

uint64_t missedBy(const struct bpf_link* link) {
  struct bpf_link_info info {};
  uint32_t length = sizeof info;
  if (bpf_link_get_info_by_fd(bpf_link__fd(link), &info, &length)) return 0;
  if (info.type == BPF_LINK_TYPE_KPROBE_MULTI) return info.kprobe_multi.missed;
  bool kprobe = info.type == BPF_LINK_TYPE_PERF_EVENT &&
                (info.perf_event.type == BPF_PERF_EVENT_KPROBE || info.perf_event.type == BPF_PERF_EVENT_KRETPROBE);
  return kprobe ? info.perf_event.kprobe.missed : 0;
}

}  // namespace

bool Links::takesAllAtOnce(const struct bpf_program* program) {
  enum bpf_attach_type type = bpf_program__expected_attach_type(program);
  return type == BPF_TRACE_KPROBE_MULTI || type == BPF_TRACE_KPROBE_SESSION || type == BPF_TRACE_UPROBE_MULTI;
}

std::string Links::attach(struct bpf_program* program, const AttachSpec& spec) {
  std::lock_guard<std::mutex> lock(mutex_);
  LogCapture log;
  std::string text;
  std::vector<struct bpf_link*> links = attachTo(program, spec, text);
  if (links.empty() || !links[0]) {
    int error = errno;
    std::string name = bpf_program__name(program);
    throw SystemError(error, "program " + name + " could not be attached: " + strerror(error), log.text(), name);
  }
  for (struct bpf_link* link : links) links_.push_back({program, link});
  return text;
}

void Links::close(const struct bpf_program* only) {
  std::vector<Attached> closing;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    auto first = std::stable_partition(links_.begin(), links_.end(),
                                       [&](const Attached& attached) { return only && attached.program != only; });
    closing.assign(first, links_.end());
    links_.erase(first, links_.end());
    for (const Attached& attached : closing) missedBefore_[attached.program] += missedBy(attached.link);
  }
  // Without the lock: who asks what was missed need not wait.
  LogCapture log;
  for (const Attached& attached : closing) bpf_link__destroy(attached.link);
}

bool Links::empty() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return links_.empty();
}

std::map<const struct bpf_program*, uint64_t> Links::missed() const {
  std::lock_guard<std::mutex> lock(mutex_);
  auto missed = missedBefore_;
  for (const Attached& attached : links_) missed[attached.program] += missedBy(attached.link);
  return missed;
}

void Links::each(const std::function<void(const struct bpf_program* program, int fd)>& visit) const {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const Attached& attached : links_) visit(attached.program, bpf_link__fd(attached.link));
}
