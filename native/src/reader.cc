#include "reader.h"

#include "arguments.h"
#include "object.h"

namespace {

/** Ids index a table. */
constexpr uint64_t kMaximumControls = 1 << 16;

std::vector<RingReader::Source> sourcesOf(Napi::Env env, const ObjectFile& file, Napi::Value value) {
  Napi::Array rings = arguments::array(env, value, "options.rings");
  std::vector<RingReader::Source> sources;
  for (uint32_t i = 0; i < rings.Length(); i++) {
    Napi::Object ring = arguments::object(env, rings.Get(i), "ring");
    std::string map = arguments::string(env, ring.Get("map"), "ring.map");
    bool tagged = arguments::boolean(env, ring.Get("tagged"), "ring.tagged");
    Napi::Value pages = ring.Get("pages");
    if (pages.IsUndefined()) sources.push_back({Ring(file.mapFd(map)), tagged});
    else sources.push_back({PerfBuffer(file.mapFd(map), arguments::integer(env, pages, "ring.pages")), tagged});
  }
  return sources;
}

std::vector<std::optional<Control>> controlsOf(Napi::Env env, const ObjectFile& file, Napi::Value value) {
  using Do = Control::Do;
  static const std::map<std::string, Do> actions = {
      {"print-map", Do::printMap}, {"clear", Do::clear}, {"zero", Do::zero}, {"exit", Do::exit}};
  Napi::Array list = arguments::array(env, value, "options.controls");
  std::vector<std::optional<Control>> controls;
  for (uint32_t i = 0; i < list.Length(); i++) {
    Napi::Object from = arguments::object(env, list.Get(i), "control");
    uint64_t id = arguments::integer(env, from.Get("id"), "control.id");
    if (id >= kMaximumControls) throw arguments::wrong(env, "control.id", "below 65536");
    auto action = actions.find(arguments::string(env, from.Get("do"), "control.do"));
    if (action == actions.end()) throw arguments::wrong(env, "control.do", "print-map, clear, zero or exit");
    Control control{action->second, std::nullopt};
    if (control.action != Do::exit) {
      std::string map = arguments::string(env, from.Get("map"), "control.map");
      control.map = file.readable(map);
    }
    if (id >= controls.size()) controls.resize(id + 1);
    controls[id] = control;
  }
  return controls;
}

}  // namespace

Napi::Function Reader::define(Napi::Env env) {
  return DefineClass(env, "RingReader",
                     {
                         InstanceAccessor<&Reader::perfBuffers>("perfBuffers"),
                         InstanceMethod<&Reader::drain>("drain"),
                         InstanceMethod<&Reader::snapshot>("snapshot"),
                         InstanceMethod<&Reader::close>("close"),
                     });
}

Reader::Reader(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Reader>(info) {
  Napi::Env env = info.Env();
  guard(env, [&] {
    auto file = BpfObject::fileOf(env, info[0], "object");
    Napi::Object options = arguments::object(env, info[1], "options");
    auto sources = sourcesOf(env, *file, options.Get("rings"));
    auto controls = controlsOf(env, *file, options.Get("controls"));
    Napi::Value onBatch = options.Get("onBatch");
    if (!onBatch.IsFunction()) throw arguments::wrong(env, "options.onBatch", "a function");

    for (const RingReader::Source& source : sources) {
      const auto* buffer = std::get_if<PerfBuffer>(&source.ring);
      if (!buffer) continue;
      perfCpus_ = buffer->cpus();
      perfBytes_ += buffer->bytes();
    }

    file_ = file;
    channel_ = Channel::New(env, onBatch.As<Napi::Function>(), "ebpfnb ring reader", 0, 1, this);
    auto deliver = [channel = channel_](RingReader::Message message) {
      auto* sent = new RingReader::Message(std::move(message));
      if (channel.NonBlockingCall(sent) != napi_ok) delete sent;
    };
    try {
      reader_ = std::make_shared<RingReader>(file, std::move(sources), std::move(controls), deliver);
    } catch (...) {
      channel_.Abort();
      throw;
    }
    // Nobody needs to keep a reader for it to run. The hook comes before the channel's own: after that, the
    // thread would call into an environment that is gone.
    Ref();
    napi_add_env_cleanup_hook(env, shutHook, this);
  });
}

Reader::~Reader() { shut(); }

/** On the JavaScript thread, in the order of the calls on the reader's. Without `env`, the channel is closing. */
void Reader::receive(Napi::Env env, Napi::Function onBatch, Reader* reader, RingReader::Message* message) {
  std::unique_ptr<RingReader::Message> owner(message);
  if (!env || !reader->reader_) return;
  try {
    if (!message->batch.empty()) reader->handOver(env, onBatch, message->batch);
    if (message->ticket) reader->settle(env, *message);
  } catch (const Napi::Error& error) {
    // No JavaScript called us: an error of onBatch goes where those of event handlers go. While a worker is
    // being terminated every call fails, this one too.
    napi_fatal_exception(env, error.Value());
  }
}

/** A callback that answers a promise holds its batch in flight until that is settled. */
void Reader::handOver(Napi::Env env, Napi::Function onBatch, const std::vector<uint8_t>& batch) {
  struct InFlight {
    std::weak_ptr<RingReader> reader;
    ~InFlight() {
      if (auto alive = reader.lock()) alive->acknowledge();
    }
  };
  auto inFlight = std::make_shared<InFlight>();
  inFlight->reader = reader_;
  Napi::Value result = onBatch.Call({Napi::Buffer<uint8_t>::Copy(env, batch.data(), batch.size())});
  if (!result.IsPromise()) return;
  auto settled = Napi::Function::New(env, [inFlight](const Napi::CallbackInfo&) mutable { inFlight = nullptr; });
  result.As<Napi::Object>().Get("then").As<Napi::Function>().Call(result, {settled, settled});
}

void Reader::settle(Napi::Env env, const RingReader::Message& message) {
  auto found = pending_.find(message.ticket);
  if (found == pending_.end()) return;
  Napi::Promise::Deferred deferred = found->second;
  pending_.erase(found);
  if (message.error) deferred.Reject(toJs(env, *message.error).Value());
  else deferred.Resolve(env.Undefined());
}

RingReader& Reader::open() const {
  if (!reader_) throw SystemError(EBADF, "the reader is closed");
  return *reader_;
}

uint64_t Reader::ticket(Napi::Promise::Deferred deferred) {
  pending_.emplace(++lastTicket_, deferred);
  return lastTicket_;
}

Napi::Value Reader::perfBuffers(const Napi::CallbackInfo& info) {
  Napi::Object all = Napi::Object::New(info.Env());
  all.Set("cpus", static_cast<double>(perfCpus_));
  all.Set("bytes", static_cast<double>(perfBytes_));
  return all;
}

Napi::Value Reader::drain(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    RingReader& reader = open();
    auto deferred = Napi::Promise::Deferred::New(env);
    reader.drain(ticket(deferred));
    return deferred.Promise();
  });
}

Napi::Value Reader::snapshot(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  return guard(env, [&] {
    RingReader& reader = open();
    std::string name = arguments::string(env, info[0], "map");
    Map map = file_->readable(name);
    auto deferred = Napi::Promise::Deferred::New(env);
    reader.snapshot(ticket(deferred), map);
    return deferred.Promise();
  });
}

void Reader::shutHook(void* self) { static_cast<Reader*>(self)->shut(); }

void Reader::shut() {
  if (!reader_) return;
  napi_remove_env_cleanup_hook(Env(), shutHook, this);
  reader_->stop();
  reader_ = nullptr;
  // What is still queued is dropped, without a look at this object: it may be gone by then.
  channel_.Abort();
  file_ = nullptr;
}

void Reader::close(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!reader_) return;
  shut();
  auto pending = std::move(pending_);
  pending_.clear();
  for (auto& [ticket, deferred] : pending) deferred.Reject(toJs(env, SystemError(ECANCELED, "the reader was closed")).Value());
  Unref();
}
