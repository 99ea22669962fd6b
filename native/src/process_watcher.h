// ProcessWatcher, the JavaScript side of ProcessEvents.
#pragma once

#include <memory>

#include <napi.h>

#include "process_events.h"

class ProcessWatcher : public Napi::ObjectWrap<ProcessWatcher> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit ProcessWatcher(const Napi::CallbackInfo& info);

 private:
  Napi::Value read(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);

  std::unique_ptr<ProcessEvents> events_;
};
