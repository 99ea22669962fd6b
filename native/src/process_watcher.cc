#include "process_watcher.h"

#include "errors.h"

Napi::Function ProcessWatcher::define(Napi::Env env) {
  return DefineClass(env, "ProcessWatcher",
                     {
                         InstanceMethod<&ProcessWatcher::read>("read"),
                         InstanceMethod<&ProcessWatcher::close>("close"),
                     });
}

ProcessWatcher::ProcessWatcher(const Napi::CallbackInfo& info) : Napi::ObjectWrap<ProcessWatcher>(info) {
  guard(info.Env(), [&] { events_ = std::make_unique<ProcessEvents>(); });
}

Napi::Value ProcessWatcher::read(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&]() -> Napi::Value {
    Napi::Array list = Napi::Array::New(env);
    if (!events_) return list;
    uint32_t count = 0;
    for (const ProcessEvent& event : events_->read()) {
      Napi::Object one = Napi::Object::New(env);
      one.Set("pid", event.pid);
      switch (event.kind) {
        case ProcessEvent::Kind::exec:
          one.Set("kind", "exec");
          break;
        case ProcessEvent::Kind::fork:
          one.Set("kind", "fork");
          one.Set("parent", event.parent);
          break;
        case ProcessEvent::Kind::mapping:
          one.Set("kind", "mapping");
          one.Set("start", static_cast<double>(event.start));
          one.Set("end", static_cast<double>(event.start + event.length));
          one.Set("offset", static_cast<double>(event.offset));
          one.Set("inode", static_cast<double>(event.inode));
          one.Set("path", event.path);
          break;
      }
      list.Set(count++, one);
    }
    return list;
  });
}

void ProcessWatcher::close(const Napi::CallbackInfo&) { events_.reset(); }
