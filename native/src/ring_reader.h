// The thread that reads an object's rings and perf buffers: records into batches, control records carried out in stream order.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "batch.h"
#include "errors.h"
#include "map.h"
#include "object_file.h"
#include "perf_buffer.h"
#include "ring.h"

/** What a record with this id asks the reader to do behind it. */
struct Control {
  enum class Do { printMap, clear, zero, exit } action;
  /** Not for exit. */
  std::optional<Map> map;
};

class RingReader {
 public:
  struct Source {
    std::variant<Ring, PerfBuffer> ring;
    /** Records start with a u32 that may be a control's id. */
    bool tagged;
  };

  /** A message to JavaScript: a batch, the end of a request, or both (the batch first). */
  struct Message {
    std::vector<uint8_t> batch;
    uint64_t ticket = 0;
    std::optional<SystemError> error;
  };

  /** Called on the reader's thread. */
  using Deliver = std::function<void(Message)>;

  /** `controls`: by id. Starts the thread. */
  RingReader(std::shared_ptr<ObjectFile> file, std::vector<Source> sources, std::vector<std::optional<Control>> controls,
             Deliver deliver);
  ~RingReader() { stop(); }

  /** Reads until every ring is at least where its producers were at this call; answers with a message for `ticket`. */
  void drain(uint64_t ticket) { request({ticket, std::nullopt}); }
  /** Puts a snapshot behind all that was read so far; answers with a message for `ticket`. */
  void snapshot(uint64_t ticket, Map map) { request({ticket, map}); }
  /** JavaScript is done with a batch. */
  void acknowledge();
  /** Ends the thread and waits for it. */
  void stop();

 private:
  using Clock = std::chrono::steady_clock;

  struct Request {
    uint64_t ticket;
    /** Without one, a drain. */
    std::optional<Map> map;
  };

  void request(Request request);
  void run();
  /** Reads each ring up to its producers' position of now. Answers the fullest ring's share, 0 to 1. */
  double readAll();
  /** `ring`: the one of source `index`. Answers what became free of it, 0 to 1. */
  template <typename AnyRing>
  double readUpTo(uint16_t index, AnyRing& ring, const typename AnyRing::Mark& end);
  void act(uint32_t id);
  void answer(Request request);
  void drainAll();
  void flush();
  void wait(double share);
  void wake();

  std::shared_ptr<ObjectFile> file_;
  std::vector<Source> sources_;
  std::vector<std::optional<Control>> controls_;
  Deliver deliver_;

  Batch batch_;
  Clock::time_point batchStart_;
  /** Something in the batch should be seen at once. */
  bool urgent_ = false;

  std::mutex mutex_;
  std::condition_variable acknowledged_;
  std::deque<Request> requests_;
  int inFlight_ = 0;
  std::atomic<bool> stopping_{false};
  /** Wakes the thread. */
  int event_;
  int epoll_;
  std::thread thread_;
};
