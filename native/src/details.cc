#include "details.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <fstream>

#include "errors.h"

namespace {

constexpr uint32_t kInstructionBytes = 8;
/** Of what Linux tells of a link: longer paths and names are cut. */
constexpr size_t kNameBytes = 512;

/** What Linux counts for a map, bytes; 0 where it does not say. Before 6.4 it counted keys and values, and rings as nothing. */
uint64_t memoryOf(int fd, const struct bpf_map_info& info) {
  uint64_t least = info.type == BPF_MAP_TYPE_RINGBUF ? info.max_entries : 0, bytes = 0;
  std::ifstream about("/proc/self/fdinfo/" + std::to_string(fd));
  for (std::string word; about >> word;)
    if (word == "memlock:" && about >> bytes) break;
  return std::max(bytes, least);
}

Napi::Object programRow(Napi::Env env, const struct bpf_program* program) {
  struct bpf_prog_info info {};
  uint32_t length = sizeof info;
  int error = bpf_prog_get_info_by_fd(bpf_program__fd(program), &info, &length);
  if (error) throw systemError(-error, std::string("program ") + bpf_program__name(program) + " cannot be looked at");
  Napi::Object row = Napi::Object::New(env);
  row.Set("program", bpf_program__name(program));
  row.Set("id", info.id);
  row.Set("instructions", info.xlated_prog_len / kInstructionBytes);
  row.Set("hits", static_cast<double>(info.run_cnt));
  row.Set("ns", static_cast<double>(info.run_time_ns));
  return row;
}

Napi::Object mapRow(Napi::Env env, const std::string& name, int fd) {
  struct bpf_map_info info {};
  uint32_t length = sizeof info;
  int error = bpf_map_get_info_by_fd(fd, &info, &length);
  if (error) throw systemError(-error, "map " + name + " cannot be looked at");
  Napi::Object row = Napi::Object::New(env);
  row.Set("map", name);
  row.Set("id", info.id);
  row.Set("maxEntries", info.max_entries);
  row.Set("bytes", static_cast<double>(memoryOf(fd, info)));
  return row;
}

/** Where a perf event is, as far as Linux says so; 6.6 was the first to. */
std::string eventTarget(const struct bpf_link_info& info, const char* name) {
  switch (info.perf_event.type) {
    case BPF_PERF_EVENT_KPROBE:
    case BPF_PERF_EVENT_KRETPROBE:
      return info.perf_event.kprobe.offset ? std::string(name) + "+" + std::to_string(info.perf_event.kprobe.offset) : name;
    case BPF_PERF_EVENT_UPROBE:
    case BPF_PERF_EVENT_URETPROBE:
      return std::string(name) + ":" + std::to_string(info.perf_event.uprobe.offset);
    case BPF_PERF_EVENT_TRACEPOINT:
      return name;
    default:
      return {};
  }
}

/** Has Linux write the name that goes with a perf event's link into `name`. */
void askForName(struct bpf_link_info& info, char* name) {
  auto at = reinterpret_cast<uintptr_t>(name);
  switch (info.perf_event.type) {
    case BPF_PERF_EVENT_KPROBE:
    case BPF_PERF_EVENT_KRETPROBE:
      info.perf_event.kprobe.func_name = at;
      info.perf_event.kprobe.name_len = kNameBytes;
      return;
    case BPF_PERF_EVENT_UPROBE:
    case BPF_PERF_EVENT_URETPROBE:
      info.perf_event.uprobe.file_name = at;
      info.perf_event.uprobe.name_len = kNameBytes;
      return;
    case BPF_PERF_EVENT_TRACEPOINT:
      info.perf_event.tracepoint.tp_name = at;
      info.perf_event.tracepoint.name_len = kNameBytes;
      return;
    default:
      return;
  }
}

/** Where a link is, in Linux's words; empty where it has none. */
std::string targetOf(int fd, struct bpf_link_info info) {
  char name[kNameBytes] = {};
  auto at = reinterpret_cast<uintptr_t>(name);
  uint32_t length = sizeof info;
  switch (info.type) {
    case BPF_LINK_TYPE_RAW_TRACEPOINT:
      info.raw_tracepoint.tp_name = at;
      info.raw_tracepoint.tp_name_len = kNameBytes;
      return bpf_link_get_info_by_fd(fd, &info, &length) ? "" : name;
    case BPF_LINK_TYPE_PERF_EVENT:
      askForName(info, name);
      return bpf_link_get_info_by_fd(fd, &info, &length) ? "" : eventTarget(info, name);
    case BPF_LINK_TYPE_ITER:
      info.iter.target_name = at;
      info.iter.target_name_len = kNameBytes;
      return bpf_link_get_info_by_fd(fd, &info, &length) ? "" : name;
    case BPF_LINK_TYPE_KPROBE_MULTI:
      return std::to_string(info.kprobe_multi.count) + " functions";
    case BPF_LINK_TYPE_UPROBE_MULTI: {
      uint32_t count = info.uprobe_multi.count;
      info.uprobe_multi = {};
      info.uprobe_multi.path = at;
      info.uprobe_multi.path_size = kNameBytes;
      if (bpf_link_get_info_by_fd(fd, &info, &length)) return {};
      return std::string(name) + (count == 1 ? "" : ", " + std::to_string(count) + " places");
    }
    default:
      return {};
  }
}

Napi::Object linkRow(Napi::Env env, const std::string& program, int fd) {
  struct bpf_link_info info {};
  uint32_t length = sizeof info;
  Napi::Object row = Napi::Object::New(env);
  row.Set("program", program);
  bool known = !bpf_link_get_info_by_fd(fd, &info, &length);
  const char* kind = known ? libbpf_bpf_link_type_str(static_cast<enum bpf_link_type>(info.type)) : nullptr;
  row.Set("kind", kind ? kind : "");
  row.Set("target", known ? targetOf(fd, info) : "");
  return row;
}

}  // namespace

Napi::Object details::of(Napi::Env env, const ObjectFile& file) {
  Napi::Array programs = Napi::Array::New(env), maps = Napi::Array::New(env), links = Napi::Array::New(env);
  for (const struct bpf_program* program : file.programs())
    if (bpf_program__fd(program) >= 0) programs.Set(programs.Length(), programRow(env, program));
  for (const ObjectFile::MapEntry& entry : file.maps()) {
    int fd = entry.kept >= 0 || !entry.map ? entry.kept : bpf_map__fd(entry.map);
    if (fd >= 0) maps.Set(maps.Length(), mapRow(env, entry.name, fd));
  }
  file.links().each([&](const struct bpf_program* program, int fd) {
    links.Set(links.Length(), linkRow(env, bpf_program__name(program), fd));
  });
  Napi::Object found = Napi::Object::New(env);
  found.Set("programs", programs);
  found.Set("maps", maps);
  found.Set("links", links);
  return found;
}
