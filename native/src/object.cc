#include "object.h"

#include "arguments.h"
#include "attach_argument.h"
#include "classes.h"
#include "details.h"
#include "errors.h"
#include "map.h"
#include "worker.h"

namespace {

Napi::Value text(Napi::Env env, const char* value) { return Napi::String::New(env, value ? value : ""); }

/** `hash`, `percpu_array` …; libbpf has the names without their prefix. */
const char* typeName(const struct bpf_map* map) { return libbpf_bpf_map_type_str(bpf_map__type(map)); }
const char* typeName(const struct bpf_program* program) { return libbpf_bpf_prog_type_str(bpf_program__type(program)); }

}  // namespace

Napi::Function BpfObject::define(Napi::Env env) {
  return DefineClass(env, "BpfObject",
                     {
                         InstanceAccessor<&BpfObject::programs>("programs"),
                         InstanceAccessor<&BpfObject::maps>("maps"),
                         InstanceAccessor<&BpfObject::log>("log"),
                         InstanceMethod<&BpfObject::scan>("scan"),
                         InstanceMethod<&BpfObject::setTarget>("setTarget"),
                         InstanceMethod<&BpfObject::setGlobal>("setGlobal"),
                         InstanceMethod<&BpfObject::setMaxEntries>("setMaxEntries"),
                         InstanceMethod<&BpfObject::setValueSize>("setValueSize"),
                         InstanceMethod<&BpfObject::setTailCall>("setTailCall"),
                         InstanceMethod<&BpfObject::reuseMap>("reuseMap"),
                         InstanceMethod<&BpfObject::load>("load"),
                         InstanceMethod<&BpfObject::attach>("attach"),
                         InstanceMethod<&BpfObject::run>("run"),
                         InstanceMethod<&BpfObject::attempt>("attempt"),
                         InstanceMethod<&BpfObject::poke>("poke"),
                         InstanceMethod<&BpfObject::snapshot>("snapshot"),
                         InstanceMethod<&BpfObject::details>("details"),
                         InstanceMethod<&BpfObject::counts>("counts"),
                         InstanceMethod<&BpfObject::counters>("counters"),
                         InstanceMethod<&BpfObject::detach>("detach"),
                         InstanceMethod<&BpfObject::retire>("retire"),
                         InstanceMethod<&BpfObject::close>("close"),
                     });
}

BpfObject::BpfObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<BpfObject>(info) {
  Napi::Env env = info.Env();
  guard(env, [&] {
    auto elf = arguments::bytes(env, info[0], "elf");
    Napi::Object options = arguments::object(env, info[1], "options");
    std::string name = arguments::string(env, options.Get("name"), "options.name");
    Napi::Value btf = options.Get("btf");
    std::string btfPath = btf.IsUndefined() ? "" : arguments::string(env, btf, "options.btf");
    Napi::Value logged = options.Get("logged");
    bool keepLog = !logged.IsUndefined() && arguments::boolean(env, logged, "options.logged");
    file_ = std::make_shared<ObjectFile>(elf.Data(), elf.ByteLength(), name, btfPath, keepLog);
  });
}

std::shared_ptr<ObjectFile> BpfObject::file() const {
  if (!file_) throw SystemError(EBADF, "the object is closed");
  return file_;
}

std::shared_ptr<ObjectFile> BpfObject::fileOf(Napi::Env env, Napi::Value value, const char* name) {
  if (!value.IsObject() || !value.As<Napi::Object>().InstanceOf(env.GetInstanceData<Classes>()->object.Value()))
    throw arguments::wrong(env, name, "a BpfObject");
  return Unwrap(value.As<Napi::Object>())->file();
}

Napi::Value BpfObject::programs(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    Napi::Array list = Napi::Array::New(env);
    for (const struct bpf_program* program : file()->programs()) {
      Napi::Object row = Napi::Object::New(env);
      row.Set("name", text(env, bpf_program__name(program)));
      row.Set("section", text(env, bpf_program__section_name(program)));
      row.Set("type", text(env, typeName(program)));
      row.Set("takesAllAtOnce", Links::takesAllAtOnce(program));
      list.Set(list.Length(), row);
    }
    return list;
  });
}

Napi::Value BpfObject::maps(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    Napi::Array list = Napi::Array::New(env);
    for (const ObjectFile::MapEntry& entry : file()->maps()) {
      if (!entry.map) continue;
      Napi::Object row = Napi::Object::New(env);
      row.Set("name", entry.name);
      row.Set("type", text(env, typeName(entry.map)));
      row.Set("keySize", bpf_map__key_size(entry.map));
      row.Set("valueSize", bpf_map__value_size(entry.map));
      row.Set("maxEntries", bpf_map__max_entries(entry.map));
      row.Set("flags", bpf_map__map_flags(entry.map));
      row.Set("shared", entry.shared);
      list.Set(list.Length(), row);
    }
    return list;
  });
}

Napi::Value BpfObject::log(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] { return text(env, file()->log().c_str()); });
}

void BpfObject::scan(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  guard(env, [&] {
    std::vector<std::string> actions;
    if (!info[0].IsUndefined()) {
      Napi::Array names = arguments::array(env, info[0], "actions");
      for (uint32_t i = 0; i < names.Length(); i++)
        actions.push_back(arguments::string(env, names.Get(i), "actions[i]"));
    }
    file()->scan(actions);
  });
}

void BpfObject::setTarget(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  guard(env, [&] {
    std::string program = arguments::string(env, info[0], "program");
    Napi::Object target = arguments::object(env, info[1], "target");
    uint64_t id = arguments::integer(env, target.Get("id"), "target.id");
    file()->setTarget(program, id, arguments::string(env, target.Get("function"), "target.function"));
  });
}

void BpfObject::setGlobal(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  guard(env, [&] {
    std::string section = arguments::string(env, info[0], "section");
    uint64_t offset = arguments::integer(env, info[1], "offset");
    auto bytes = arguments::bytes(env, info[2], "bytes");
    file()->setGlobal(section, offset, bytes.Data(), bytes.ByteLength());
  });
}

void BpfObject::setMaxEntries(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  guard(env, [&] {
    std::string map = arguments::string(env, info[0], "map");
    uint64_t entries = arguments::integer(env, info[1], "entries");
    if (entries == 0 || entries > UINT32_MAX) throw arguments::wrong(env, "entries", "between 1 and 2^32-1");
    file()->setMaxEntries(map, entries);
  });
}

void BpfObject::setValueSize(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  guard(env, [&] {
    std::string map = arguments::string(env, info[0], "map");
    uint64_t bytes = arguments::integer(env, info[1], "bytes");
    if (bytes == 0 || bytes > UINT32_MAX) throw arguments::wrong(env, "bytes", "between 1 and 2^32-1");
    file()->setValueSize(map, bytes);
  });
}

void BpfObject::setTailCall(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  guard(env, [&] {
    std::string map = arguments::string(env, info[0], "map");
    uint64_t index = arguments::integer(env, info[1], "index");
    if (index > UINT32_MAX) throw arguments::wrong(env, "index", "below 2^32");
    file()->setTailCall(map, index, arguments::string(env, info[2], "program"));
  });
}

void BpfObject::reuseMap(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  guard(env, [&] {
    std::string map = arguments::string(env, info[0], "map");
    std::shared_ptr<ObjectFile> other = fileOf(env, info[1], "other");
    file()->reuseMap(map, *other, arguments::string(env, info[2], "otherMap"));
  });
}

Napi::Value BpfObject::load(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    auto file = this->file();
    file->beginLoad();
    return Worker::run(env, [file] { file->load(); });
  });
}

Napi::Value BpfObject::attach(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    auto file = this->file();
    struct bpf_program* program = file->program(arguments::string(env, info[0], "program"));
    AttachSpec spec = attachArgument(env, info[1]);
    file->require(ObjectFile::State::loaded);
    auto written = std::make_shared<std::string>();
    return Worker::run(
        env, [file, program, spec, written] { *written = file->links().attach(program, spec); },
        [written](Napi::Env env) -> Napi::Value { return Napi::Buffer<char>::Copy(env, written->data(), written->size()); });
  });
}

Napi::Value BpfObject::run(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] { return Napi::Number::New(env, file()->run(arguments::string(env, info[0], "program"))); });
}

Napi::Value BpfObject::attempt(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    std::string program = arguments::string(env, info[0], "program");
    uint64_t times = arguments::integer(env, info[1], "times");
    if (times == 0 || times > INT32_MAX) throw arguments::wrong(env, "times", "between 1 and 2^31-1");
    auto trial = file()->attempt(program, times);
    Napi::Object row = Napi::Object::New(env);
    row.Set("result", trial.result);
    row.Set("durationNs", trial.duration);
    return row;
  });
}

void BpfObject::poke(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  guard(env, [&] {
    std::string section = arguments::string(env, info[0], "section");
    uint64_t offset = arguments::integer(env, info[1], "offset");
    auto bytes = arguments::bytes(env, info[2], "bytes");
    file()->poke(section, offset, bytes.Data(), bytes.ByteLength());
  });
}

Napi::Value BpfObject::snapshot(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    std::string map = arguments::string(env, info[0], "map");
    auto file = this->file();
    Batch batch;
    file->readable(map).snapshot(batch);
    return Napi::Buffer<uint8_t>::Copy(env, batch.bytes.data() + Batch::kHeader, batch.bytes.size() - Batch::kHeader);
  });
}

Napi::Value BpfObject::details(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] { return details::of(env, *file()); });
}

Napi::Value BpfObject::counts(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    auto file = this->file();
    file->require(ObjectFile::State::loaded);
    auto missed = file->links().missed();
    Napi::Array list = Napi::Array::New(env);
    for (const struct bpf_program* program : file->programs()) {
      // Not loaded: its section begins with a question mark.
      if (bpf_program__fd(program) < 0) continue;
      struct bpf_prog_info counted {};
      uint32_t length = sizeof counted;
      int error = bpf_prog_get_info_by_fd(bpf_program__fd(program), &counted, &length);
      if (error) throw systemError(-error, std::string("program ") + bpf_program__name(program) + " cannot be counted");
      Napi::Object row = Napi::Object::New(env);
      row.Set("program", text(env, bpf_program__name(program)));
      row.Set("hits", static_cast<double>(counted.run_cnt));
      row.Set("ns", static_cast<double>(counted.run_time_ns));
      row.Set("recursion", static_cast<double>(counted.recursion_misses));
      row.Set("missed", static_cast<double>(missed[program]));
      list.Set(list.Length(), row);
    }
    return list;
  });
}

Napi::Value BpfObject::counters(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    std::string map = arguments::string(env, info[0], "map");
    Napi::Array list = Napi::Array::New(env);
    for (uint64_t sum : Map(file()->mapFd(map), 0).sums()) list.Set(list.Length(), static_cast<double>(sum));
    return list;
  });
}

Napi::Value BpfObject::detach(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    auto file = this->file();
    const struct bpf_program* only =
        info[0].IsUndefined() ? nullptr : file->program(arguments::string(env, info[0], "program"));
    return Worker::run(env, [file, only] { file->links().close(only); });
  });
}

void BpfObject::retire(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  guard(env, [&] {
    Napi::Array names = arguments::array(env, info[0], "keep");
    std::vector<std::string> keep;
    for (uint32_t i = 0; i < names.Length(); i++) keep.push_back(arguments::string(env, names.Get(i), "map"));
    file()->retire(keep);
  });
}

void BpfObject::close(const Napi::CallbackInfo& info) {
  if (!file_) return;
  auto file = std::move(file_);
  file_ = nullptr;
  // Links take long to close: not on this thread.
  if (!file->links().empty()) Worker::run(info.Env(), [file] { file->links().close(); });
}
