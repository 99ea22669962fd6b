// What the addon exports; typed in ../types.ts.
#include <bpf/libbpf.h>
#include <napi.h>

#include "arguments.h"
#include "binaries.h"
#include "btf.h"
#include "classes.h"
#include "descriptors.h"
#include "errors.h"
#include "functions.h"
#include "features.h"
#include "object.h"
#include "process.h"
#include "process_watcher.h"
#include "reader.h"
#include "loaded_programs.h"
#include "statistics.h"
#include "tracefs.h"
#include "usdt.h"
#include "user_symbols.h"
#include "xz.h"

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

static void prepareDescriptors(const Napi::CallbackInfo& info) { guard(info.Env(), descriptors::prepare); }

static Napi::Value loadedProgramsList(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&]() -> Napi::Value {
    Napi::Array list = Napi::Array::New(env);
    for (const loadedPrograms::Program& program : loadedPrograms::all()) {
      Napi::Array functions = Napi::Array::New(env);
      for (const auto& function : program.functions) functions.Set(functions.Length(), function.name);
      Napi::Object row = Napi::Object::New(env);
      row.Set("id", program.id);
      row.Set("functions", functions);
      list.Set(list.Length(), row);
    }
    return list;
  });
}

static void keepStatistics(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  guard(env, [&] { statistics::keep(arguments::boolean(env, info[0], "on")); });
}

static void dieWithParent(const Napi::CallbackInfo& info) { guard(info.Env(), process::dieWithParent); }

static Napi::Value usdtSites(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&]() -> Napi::Value {
    std::string path = binaries::find(arguments::string(env, info[0], "binary"));
    std::vector<usdt::Site> found = usdt::sites(path);
    Napi::Array sites = Napi::Array::New(env, found.size());
    for (size_t i = 0; i < found.size(); i++) {
      Napi::Object site = Napi::Object::New(env);
      site.Set("provider", found[i].provider);
      site.Set("name", found[i].name);
      site.Set("arguments", found[i].arguments);
      site.Set("offset", static_cast<double>(found[i].offset));
      site.Set("address", static_cast<double>(found[i].address));
      site.Set("semaphore", static_cast<double>(found[i].semaphore));
      sites.Set(i, site);
    }
    Napi::Object result = Napi::Object::New(env);
    result.Set("path", path);
    result.Set("sites", sites);
    return result;
  });
}

static Napi::Value demangle(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&]() -> Napi::Value {
    std::string name = userSymbols::demangled(arguments::string(env, info[0], "name").c_str());
    return name.empty() ? env.Undefined() : Napi::String::New(env, name);
  });
}

static Napi::Value findUserSymbols(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&]() -> Napi::Value {
    std::string path = binaries::find(arguments::string(env, info[0], "binary"));
    bool cpp = info[2].IsObject() && info[2].As<Napi::Object>().Get("cpp").ToBoolean();
    std::vector<userSymbols::Symbol> found =
        userSymbols::matching(path, arguments::string(env, info[1], "pattern"), cpp);
    Napi::Array symbols = Napi::Array::New(env, found.size());
    for (size_t i = 0; i < found.size(); i++) {
      Napi::Object symbol = Napi::Object::New(env);
      symbol.Set("name", found[i].name);
      symbol.Set("offset", static_cast<double>(found[i].offset));
      symbol.Set("address", static_cast<double>(found[i].address));
      symbol.Set("size", static_cast<double>(found[i].size));
      symbol.Set("kind", found[i].isFunction ? "function" : "object");
      symbols.Set(i, symbol);
    }
    Napi::Object result = Napi::Object::New(env);
    result.Set("path", path);
    result.Set("symbols", symbols);
    return result;
  });
}

static void disableFeature(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  guard(env, [&] { features::disable(arguments::string(env, info[0], "feature")); });
}

static Napi::Value missingFeatures(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    Napi::Object found = Napi::Object::New(env);
    for (const auto& [feature, reason] : features::missing()) found.Set(feature, reason);
    return found;
  });
}

static Napi::Value mayCall(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    std::string name = arguments::string(env, info[0], "name");
    return Napi::Boolean::New(env, functions::mayCall(name, arguments::string(env, info[1], "section")));
  });
}

static Napi::Value unpackXz(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&]() -> Napi::Value {
    Napi::Uint8Array bytes = arguments::bytes(env, info[0], "bytes");
    std::vector<uint8_t> out = xz::unpack(bytes.Data(), bytes.ByteLength(), arguments::integer(env, info[1], "most"));
    return Napi::Buffer<uint8_t>::Copy(env, out.data(), out.size());
  });
}

static Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  LogCapture::install();
  loadedPrograms::registerSections();
  auto* classes = new Classes;
  env.SetInstanceData(classes);

  Napi::Function btf = Btf::define(env);
  Napi::Function object = BpfObject::define(env);
  classes->btf = Napi::Persistent(btf);
  classes->object = Napi::Persistent(object);
  exports.Set("Btf", btf);
  exports.Set("BpfObject", object);
  exports.Set("ProcessWatcher", ProcessWatcher::define(env));
  exports.Set("RingReader", Reader::define(env));
  exports.Set("prepareFilesystems", Napi::Function::New<prepareFilesystems>(env, "prepareFilesystems"));
  exports.Set("dropCapabilities", Napi::Function::New<dropCapabilities>(env, "dropCapabilities"));
  exports.Set("usdtSites", Napi::Function::New<usdtSites>(env, "usdtSites"));
  exports.Set("disableFeature", Napi::Function::New<disableFeature>(env, "disableFeature"));
  exports.Set("missingFeatures", Napi::Function::New<missingFeatures>(env, "missingFeatures"));
  exports.Set("userSymbols", Napi::Function::New<findUserSymbols>(env, "userSymbols"));
  exports.Set("unpackXz", Napi::Function::New<unpackXz>(env, "unpackXz"));
  exports.Set("demangle", Napi::Function::New<demangle>(env, "demangle"));
  exports.Set("mayCall", Napi::Function::New<mayCall>(env, "mayCall"));
  exports.Set("prepareDescriptors", Napi::Function::New<prepareDescriptors>(env, "prepareDescriptors"));
  exports.Set("loadedPrograms", Napi::Function::New<loadedProgramsList>(env, "loadedPrograms"));
  exports.Set("keepStatistics", Napi::Function::New<keepStatistics>(env, "keepStatistics"));
  exports.Set("dieWithParent", Napi::Function::New<dieWithParent>(env, "dieWithParent"));
  exports.Set("libbpfVersion", Napi::String::New(env, libbpf_version_string() + 1));
  return exports;
}

NODE_API_MODULE(ebpfnb, initialize)
