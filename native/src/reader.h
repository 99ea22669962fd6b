// RingReader's JavaScript side: hands its messages to callbacks and promises.
#pragma once

#include <map>
#include <memory>

#include <napi.h>

#include "ring_reader.h"

class Reader : public Napi::ObjectWrap<Reader> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Reader(const Napi::CallbackInfo& info);
  ~Reader() override;

 private:
  static void receive(Napi::Env env, Napi::Function onBatch, Reader* reader, RingReader::Message* message);
  using Channel = Napi::TypedThreadSafeFunction<Reader, RingReader::Message, receive>;

  Napi::Value perfBuffers(const Napi::CallbackInfo& info);
  Napi::Value drain(const Napi::CallbackInfo& info);
  Napi::Value snapshot(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);

  void handOver(Napi::Env env, Napi::Function onBatch, const std::vector<uint8_t>& batch);
  void settle(Napi::Env env, const RingReader::Message& message);
  RingReader& open() const;
  uint64_t ticket(Napi::Promise::Deferred deferred);
  /** Ends thread and channel; safe to call twice. */
  void shut();
  static void shutHook(void* self);

  std::shared_ptr<ObjectFile> file_;
  Channel channel_;
  std::shared_ptr<RingReader> reader_;
  std::map<uint64_t, Napi::Promise::Deferred> pending_;
  uint64_t lastTicket_ = 0;
  size_t perfCpus_ = 0;
  uint64_t perfBytes_ = 0;
};
