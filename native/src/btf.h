// A BTF blob. Needs no privilege.
#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bpf/btf.h>
#include <napi.h>

/** Throws EINVAL for what libbpf 1.5 forgets to check and then trips over: the return types of functions. */
void requireSaneBtf(const struct btf* btf);

class Btf : public Napi::ObjectWrap<Btf> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Btf(const Napi::CallbackInfo& info);

 private:
  static Napi::Value fromRaw(const Napi::CallbackInfo& info);
  static Napi::Value fromElf(const Napi::CallbackInfo& info);
  static Napi::Value wrap(Napi::Env env, std::shared_ptr<struct btf> btf);

  Napi::Value raw(const Napi::CallbackInfo& info);
  Napi::Value count(const Napi::CallbackInfo& info);
  Napi::Value find(const Napi::CallbackInfo& info);
  Napi::Value dump(const Napi::CallbackInfo& info);

  std::shared_ptr<struct btf> btf_;
  /** Ids by name, made at the first find(): a walk through vmlinux's types for each name is too slow. */
  std::unordered_map<std::string_view, std::vector<uint32_t>> ids_;
};
