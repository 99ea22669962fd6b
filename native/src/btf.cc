#include "btf.h"

#include <bpf/libbpf.h>

#include "arguments.h"
#include "classes.h"
#include "errors.h"
#include "text.h"

namespace {

using BtfPointer = std::shared_ptr<struct btf>;

/** As many as Linux follows. */
constexpr int kLongestChain = 32;

/** libbpf follows typedefs and qualifiers until something else comes: for ever, where they lead back to themselves. */
bool endsSomewhere(const struct btf* btf, const struct btf_type* type) {
  for (int names = 0; names < kLongestChain; names++) {
    if (!type || !(btf_is_mod(type) || btf_is_typedef(type))) return true;
    type = btf__type_by_id(btf, type->type);
  }
  return false;
}

/** Appends to the std::string that `context` points to. */
void append(void* context, const char* format, va_list arguments) {
  appendFormatted(*static_cast<std::string*>(context), format, arguments);
}

}  // namespace

void requireSaneBtf(const struct btf* btf) {
  for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
    const struct btf_type* type = btf__type_by_id(btf, id);
    if (btf_is_func_proto(type) && type->type >= btf__type_cnt(btf))
      throw SystemError(EINVAL, "BTF type " + std::to_string(id) + " refers to a type that is not there");
    if (!endsSomewhere(btf, type))
      throw SystemError(EINVAL, "BTF type " + std::to_string(id) + " is another name of itself");
  }
}

Napi::Function Btf::define(Napi::Env env) {
  return DefineClass(env, "Btf",
                     {
                         StaticMethod<&Btf::fromRaw>("fromRaw"),
                         StaticMethod<&Btf::fromElf>("fromElf"),
                         InstanceAccessor<&Btf::raw>("raw"),
                         InstanceAccessor<&Btf::count>("count"),
                         InstanceMethod<&Btf::find>("find"),
                         InstanceMethod<&Btf::dump>("dump"),
                     });
}

Btf::Btf(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Btf>(info) {
  if (!info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), "use Btf.fromRaw or Btf.fromElf");
  btf_ = *info[0].As<Napi::External<BtfPointer>>().Data();
}

Napi::Value Btf::wrap(Napi::Env env, BtfPointer btf) {
  requireSaneBtf(btf.get());
  return env.GetInstanceData<Classes>()->btf.New({Napi::External<BtfPointer>::New(env, &btf)});
}

Napi::Value Btf::fromRaw(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    auto bytes = arguments::bytes(env, info[0], "bytes");
    BtfPointer base;
    if (!info[1].IsUndefined()) {
      Napi::Object other = arguments::object(env, info[1], "base");
      if (!other.InstanceOf(env.GetInstanceData<Classes>()->btf.Value())) throw arguments::wrong(env, "base", "a Btf");
      base = Btf::Unwrap(other)->btf_;
    }
    LogCapture log;
    struct btf* btf = btf__new_split(bytes.Data(), bytes.ByteLength(), base.get());
    if (!btf) throw systemError(errno, "not a BTF blob", log.text());
    // Split BTF points into its base: the deleter keeps the base as long as this one.
    return wrap(env, BtfPointer(btf, [base](struct btf* pointer) { btf__free(pointer); }));
  });
}

Napi::Value Btf::fromElf(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    auto bytes = arguments::bytes(env, info[0], "bytes");
    LogCapture log;
    // Opened as an object, not only parsed: libbpf then fills in the sizes and offsets of global sections,
    // which clang leaves to ELF symbols.
    struct bpf_object* object = bpf_object__open_mem(bytes.Data(), bytes.ByteLength(), nullptr);
    if (!object) throw SystemError(EINVAL, "not a BPF object file", log.text());
    std::shared_ptr<struct bpf_object> owner(object, bpf_object__close);
    struct btf* btf = bpf_object__btf(object);
    if (!btf) throw SystemError(ENOENT, "the object file has no BTF");
    return wrap(env, BtfPointer(owner, btf));
  });
}

Napi::Value Btf::raw(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    uint32_t size = 0;
    const void* data = btf__raw_data(btf_.get(), &size);
    if (!data) throw systemError(errno, "BTF could not be written");
    return Napi::Buffer<char>::Copy(env, static_cast<const char*>(data), size);
  });
}

Napi::Value Btf::count(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), btf__type_cnt(btf_.get()) - 1);
}

Napi::Value Btf::find(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::string name = arguments::string(env, info[0], "name");
  if (ids_.empty()) {
    for (uint32_t id = 1; id < btf__type_cnt(btf_.get()); id++) {
      const struct btf_type* type = btf__type_by_id(btf_.get(), id);
      if (type->name_off) ids_[btf__name_by_offset(btf_.get(), type->name_off)].push_back(id);
    }
  }
  auto found = ids_.find(name);
  Napi::Array result = Napi::Array::New(env);
  if (found == ids_.end()) return result;
  for (uint32_t i = 0; i < found->second.size(); i++) result.Set(i, Napi::Number::New(env, found->second[i]));
  return result;
}

Napi::Value Btf::dump(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    Napi::Array ids = arguments::array(env, info[0], "ids");
    std::string text;
    LogCapture log;
    std::unique_ptr<struct btf_dump, void (*)(struct btf_dump*)> dump(
        btf_dump__new(btf_.get(), append, &text, nullptr), btf_dump__free);
    if (!dump) throw systemError(errno, "BTF cannot be dumped", log.text());
    for (uint32_t i = 0; i < ids.Length(); i++) {
      uint64_t id = arguments::integer(env, ids.Get(i), "id");
      if (id == 0 || id >= btf__type_cnt(btf_.get())) throw Napi::RangeError::New(env, "no BTF type " + std::to_string(id));
      int error = btf_dump__dump_type(dump.get(), id);
      if (error) throw systemError(-error, "BTF type " + std::to_string(id) + " cannot be dumped", log.text());
    }
    return Napi::String::New(env, text);
  });
}
