// What the addon exports; typed in ../types.ts.
#include <bpf/libbpf.h>
#include <napi.h>

#include "btf.h"
#include "classes.h"
#include "errors.h"

static Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  LogCapture::install();
  auto* classes = new Classes;
  env.SetInstanceData(classes);

  Napi::Function btf = Btf::define(env);
  classes->btf = Napi::Persistent(btf);
  exports.Set("Btf", btf);
  exports.Set("libbpfVersion", Napi::String::New(env, libbpf_version_string() + 1));
  return exports;
}

NODE_API_MODULE(ebpfnb, initialize)
