// Work on one of Node's threads, with a promise for its end.
#pragma once

#include <functional>
#include <new>
#include <optional>

#include <napi.h>

#include "errors.h"

class Worker : public Napi::AsyncWorker {
 public:
  /** Makes what the promise resolves to, on the JavaScript thread. */
  using Answer = std::function<Napi::Value(Napi::Env)>;

  /** Runs `work` off the JavaScript thread; what it captures lives until then. */
  static Napi::Promise run(Napi::Env env, std::function<void()> work, Answer answer = nullptr) {
    auto* worker = new Worker(env, std::move(work), std::move(answer));
    Napi::Promise promise = worker->deferred_.Promise();
    worker->Queue();
    return promise;
  }

 protected:
  void Execute() override {
    try {
      work_();
    } catch (const SystemError& error) {
      error_ = error;
    } catch (const std::bad_alloc&) {
      error_ = SystemError(ENOMEM, "out of memory");
    }
    work_ = nullptr;
  }

  void OnOK() override {
    if (error_) deferred_.Reject(toJs(Env(), *error_).Value());
    else deferred_.Resolve(answer_ ? answer_(Env()) : Env().Undefined());
  }

 private:
  Worker(Napi::Env env, std::function<void()> work, Answer answer)
      : Napi::AsyncWorker(env), deferred_(Napi::Promise::Deferred::New(env)), work_(std::move(work)), answer_(std::move(answer)) {}

  Napi::Promise::Deferred deferred_;
  std::function<void()> work_;
  Answer answer_;
  std::optional<SystemError> error_;
};
