// BpfObject, the JavaScript side of an ObjectFile: checks arguments and state.
#pragma once

#include <memory>

#include <napi.h>

#include "object_file.h"

class BpfObject : public Napi::ObjectWrap<BpfObject> {
 public:
  static Napi::Function define(Napi::Env env);
  /** The object file behind a JavaScript value; throws for anything else, and for a closed object. */
  static std::shared_ptr<ObjectFile> fileOf(Napi::Env env, Napi::Value value, const char* name);

  explicit BpfObject(const Napi::CallbackInfo& info);

 private:
  Napi::Value programs(const Napi::CallbackInfo& info);
  Napi::Value maps(const Napi::CallbackInfo& info);
  Napi::Value log(const Napi::CallbackInfo& info);
  void scan(const Napi::CallbackInfo& info);
  void setTarget(const Napi::CallbackInfo& info);
  void setGlobal(const Napi::CallbackInfo& info);
  void setMaxEntries(const Napi::CallbackInfo& info);
  void setValueSize(const Napi::CallbackInfo& info);
  void setTailCall(const Napi::CallbackInfo& info);
  void reuseMap(const Napi::CallbackInfo& info);
  Napi::Value load(const Napi::CallbackInfo& info);
  Napi::Value attach(const Napi::CallbackInfo& info);
  Napi::Value run(const Napi::CallbackInfo& info);
  Napi::Value attempt(const Napi::CallbackInfo& info);
  void poke(const Napi::CallbackInfo& info);
  Napi::Value snapshot(const Napi::CallbackInfo& info);
  Napi::Value details(const Napi::CallbackInfo& info);
  Napi::Value counts(const Napi::CallbackInfo& info);
  Napi::Value counters(const Napi::CallbackInfo& info);
  Napi::Value detach(const Napi::CallbackInfo& info);
  void retire(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);

  /** Throws when the object was closed. */
  std::shared_ptr<ObjectFile> file() const;

  std::shared_ptr<ObjectFile> file_;
};
