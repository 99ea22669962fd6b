// What the addon exports; typed in ../types.ts.
#include <bpf/libbpf.h>
#include <napi.h>

#include "btf.h"
#include "classes.h"
#include "errors.h"
#include "object.h"
#include "process.h"
#include "reader.h"
#include "tracefs.h"

static Napi::Value prepareFilesystems(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Napi::Object result = Napi::Object::New(env);
  try {
    result.Set("tracefs", tracefs::path());
  } catch (const SystemError&) {
    result.Set("tracefs", env.Null());
  }
  return result;
}

static void dropCapabilities(const Napi::CallbackInfo& info) {
  guard(info.Env(), [&] {
    bool writes = info[0].IsObject() && info[0].As<Napi::Object>().Get("writes").ToBoolean();
    process::dropCapabilities(writes);
  });
}

static void dieWithParent(const Napi::CallbackInfo& info) { guard(info.Env(), process::dieWithParent); }

static Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  LogCapture::install();
  auto* classes = new Classes;
  env.SetInstanceData(classes);

  Napi::Function btf = Btf::define(env);
  Napi::Function object = BpfObject::define(env);
  classes->btf = Napi::Persistent(btf);
  classes->object = Napi::Persistent(object);
  exports.Set("Btf", btf);
  exports.Set("BpfObject", object);
  exports.Set("RingReader", Reader::define(env));
  exports.Set("prepareFilesystems", Napi::Function::New<prepareFilesystems>(env, "prepareFilesystems"));
  exports.Set("dropCapabilities", Napi::Function::New<dropCapabilities>(env, "dropCapabilities"));
  exports.Set("dieWithParent", Napi::Function::New<dieWithParent>(env, "dieWithParent"));
  exports.Set("libbpfVersion", Napi::String::New(env, libbpf_version_string() + 1));
  return exports;
}

NODE_API_MODULE(ebpfnb, initialize)
