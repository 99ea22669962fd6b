#include "attach_argument.h"

#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>

#include <cstdlib>
#include <map>

#include "arguments.h"

namespace {

/** The fields of the object, each checked as it is read. */
struct Fields {
  Napi::Env env;
  Napi::Object from;

  bool has(const char* name) const { return !from.Get(name).IsUndefined(); }
  std::string string(const char* name) const { return arguments::string(env, from.Get(name), name); }
  uint64_t integer(const char* name) const { return arguments::integer(env, from.Get(name), name); }
  bool boolean(const char* name) const { return arguments::boolean(env, from.Get(name), name); }
  /** Numbers that a double does not hold come as text. */
  uint64_t hexadecimal(const char* name) const { return strtoull(string(name).c_str(), nullptr, 16); }
  Napi::Array array(const char* name) const { return arguments::array(env, from.Get(name), name); }
  void pid(AttachSpec& spec) const {
    if (has("pid")) spec.pid = integer("pid");
  }
};

using Read = void (*)(const Fields&, AttachSpec&);

void nothing(const Fields&, AttachSpec&) {}

void tracepoint(const Fields& fields, AttachSpec& spec) {
  spec.category = fields.string("category");
  spec.event = fields.string("event");
}

void rawTracepoint(const Fields& fields, AttachSpec& spec) { spec.event = fields.string("event"); }

void kprobe(const Fields& fields, AttachSpec& spec) {
  spec.onReturn = fields.boolean("ret");
  if (fields.has("offset")) spec.offset = fields.integer("offset");
  if (fields.has("address")) spec.address = fields.hexadecimal("address");
  Napi::Array functions = fields.array("functions");
  for (uint32_t i = 0; i < functions.Length(); i++)
    spec.functions.push_back(arguments::string(fields.env, functions.Get(i), "function"));
  if (spec.functions.empty() && !spec.address)
    throw arguments::wrong(fields.env, "functions", "an array with at least one function");
}

void uprobe(const Fields& fields, AttachSpec& spec) {
  spec.binary = fields.string("binary");
  spec.onReturn = fields.boolean("ret");
  if (fields.has("symbol")) spec.symbol = fields.string("symbol");
  if (fields.has("offset")) spec.offset = fields.integer("offset");
  fields.pid(spec);
  if (!fields.has("sites")) return;
  Napi::Array sites = fields.array("sites");
  for (uint32_t i = 0; i < sites.Length(); i++) {
    Fields site{fields.env, arguments::object(fields.env, sites.Get(i), "site")};
    spec.sites.push_back({site.integer("offset"), site.integer("semaphore"), site.integer("cookie")});
  }
}

void usdt(const Fields& fields, AttachSpec& spec) {
  spec.binary = fields.string("binary");
  spec.provider = fields.string("provider");
  spec.name = fields.string("name");
  fields.pid(spec);
}

void clock(const Fields& fields, AttachSpec& spec) {
  spec.period = fields.integer("period");
  spec.everyCpu = fields.boolean("everyCpu");
  if (spec.period == 0) throw arguments::wrong(fields.env, "period", "at least 1 ns");
}

void perfEvent(const Fields& fields, AttachSpec& spec) {
  spec.eventType = fields.string("type") == "hardware" ? PERF_TYPE_HARDWARE : PERF_TYPE_SOFTWARE;
  spec.eventConfig = fields.integer("config");
  spec.isFrequency = fields.has("frequency");
  spec.period = fields.integer(spec.isFrequency ? "frequency" : "period");
  fields.pid(spec);
}

void iterator(const Fields& fields, AttachSpec& spec) {
  fields.pid(spec);
  if (fields.has("cgroups")) spec.cgroups = fields.boolean("cgroups");
}

void watchpoint(const Fields& fields, AttachSpec& spec) {
  spec.address = fields.hexadecimal("address");
  spec.length = fields.integer("length");
  for (char letter : fields.string("mode"))
    spec.accesses |= letter == 'r' ? HW_BREAKPOINT_R : letter == 'w' ? HW_BREAKPOINT_W : HW_BREAKPOINT_X;
  fields.pid(spec);
}

using Kind = AttachSpec::Kind;

const std::map<std::string, std::pair<Kind, Read>> kKinds = {
    {"auto", {Kind::automatic, nothing}},
    {"tracepoint", {Kind::tracepoint, tracepoint}},
    {"raw_tracepoint", {Kind::rawTracepoint, rawTracepoint}},
    {"kprobe", {Kind::kprobe, kprobe}},
    {"uprobe", {Kind::uprobe, uprobe}},
    {"usdt", {Kind::usdt, usdt}},
    {"bpf_program", {Kind::program, nothing}},
    {"clock", {Kind::clock, clock}},
    {"perf_event", {Kind::perfEvent, perfEvent}},
    {"iter", {Kind::iterator, iterator}},
    {"watchpoint", {Kind::watchpoint, watchpoint}},
};

}  // namespace

AttachSpec attachArgument(Napi::Env env, Napi::Value value) {
  Fields fields{env, arguments::object(env, value, "spec")};
  auto found = kKinds.find(arguments::string(env, fields.from.Get("kind"), "spec.kind"));
  if (found == kKinds.end()) {
    std::string known;
    for (const auto& [name, _] : kKinds) known += (known.empty() ? "" : ", ") + name;
    throw arguments::wrong(env, "spec.kind", ("one of " + known).c_str());
  }
  auto [kind, read] = found->second;
  AttachSpec spec{kind};
  read(fields, spec);
  return spec;
}
