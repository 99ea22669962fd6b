#include "ring_reader.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace {

using std::chrono::milliseconds;

/** A batch is handed over when it is this large, or this old. */
constexpr size_t kBatchBytes = 256 << 10;
constexpr milliseconds kBatchAge{10};
constexpr int kMaximumInFlight = 8;
/** Producers that write without a wakeup are looked at this often. */
constexpr milliseconds kPoll{20};
/**
 * After a pass that found records the rings are left alone for this long: while they are not empty their
 * producers wake nobody, and each wakeup costs producer and consumer more than the record itself.
 */
constexpr milliseconds kPause{2};
/** … but not when a ring was fuller than this. */
constexpr double kPauseBelow = 1.0 / 8;
/** A record can stay half-written as long as its producer is not on a CPU; then a drain gives up. */
constexpr milliseconds kDrainLimit{1000};

void sleep(milliseconds time) { std::this_thread::sleep_for(time); }

}  // namespace

RingReader::RingReader(std::shared_ptr<ObjectFile> file, std::vector<Source> sources,
                       std::vector<std::optional<Control>> controls, Deliver deliver)
    : file_(std::move(file)), sources_(std::move(sources)), controls_(std::move(controls)), deliver_(std::move(deliver)) {
  event_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (event_ < 0 || epoll_ < 0) {
    int error = errno;
    ::close(event_);
    ::close(epoll_);
    throw systemError(error, "the rings cannot be watched");
  }
  struct epoll_event interest {};
  interest.events = EPOLLIN;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, event_, &interest);
  for (const Source& source : sources_)
    std::visit([&](const auto& ring) { epoll_ctl(epoll_, EPOLL_CTL_ADD, ring.fd(), &interest); }, source.ring);
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "ebpfnb-ring");
}

void RingReader::stop() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  acknowledged_.notify_one();
  wake();
  thread_.join();
  ::close(epoll_);
  ::close(event_);
}

void RingReader::wake() {
  uint64_t one = 1;
  [[maybe_unused]] ssize_t written = write(event_, &one, sizeof one);
}

void RingReader::request(Request request) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    requests_.push_back(std::move(request));
  }
  wake();
}

void RingReader::acknowledge() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    inFlight_--;
  }
  acknowledged_.notify_one();
}

void RingReader::run() {
  while (!stopping_) {
    std::deque<Request> requests;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      requests.swap(requests_);
    }
    for (Request& request : requests) answer(std::move(request));
    double share = readAll();
    if (urgent_ || Clock::now() - batchStart_ >= kBatchAge) flush();
    wait(share);
  }
}

/** Until something happens, or until the next thing is due. */
void RingReader::wait(double share) {
  if (share > kPauseBelow || stopping_) return;
  auto limit = kPoll;
  if (!batch_.bytes.empty()) {
    auto age = std::chrono::ceil<milliseconds>(batchStart_ + kBatchAge - Clock::now());
    limit = std::clamp(age, milliseconds{0}, kPoll);
  }
  if (share > 0) {
    sleep(std::min(limit, kPause));
    return;
  }
  struct epoll_event ready[8];
  epoll_wait(epoll_, ready, 8, limit.count());
  uint64_t count;
  [[maybe_unused]] ssize_t got = read(event_, &count, sizeof count);
}

double RingReader::readAll() {
  double share = 0;
  for (size_t i = 0; i < sources_.size(); i++)
    share = std::max(share, std::visit([&](auto& ring) { return readUpTo(i, ring, ring.mark()); }, sources_[i].ring));
  return share;
}

template <typename AnyRing>
double RingReader::readUpTo(uint16_t index, AnyRing& ring, const typename AnyRing::Mark& end) {
  return ring.read(end, [&, tagged = sources_[index].tagged](const uint8_t* data, uint32_t length, auto... time) {
    if (batch_.bytes.empty()) batchStart_ = Clock::now();
    batch_.record(index, data, length, time...);
    if (tagged && length >= sizeof(uint32_t)) {
      uint32_t id;
      memcpy(&id, data, sizeof id);
      act(id);
    }
    if (batch_.bytes.size() >= kBatchBytes) flush();
    return !stopping_;
  });
}

void RingReader::act(uint32_t id) {
  if (id >= controls_.size() || !controls_[id]) return;
  const Control& control = *controls_[id];
  urgent_ = true;
  try {
    switch (control.action) {
      case Control::Do::printMap:
        return control.map->snapshot(batch_);
      case Control::Do::clear:
        return control.map->clear();
      case Control::Do::zero:
        return control.map->zero();
      case Control::Do::exit:
        return;
    }
  } catch (const SystemError&) {
    // The record itself is in the stream; a map that cannot be read leaves no snapshot behind it.
  }
}

void RingReader::answer(Request request) {
  Message message{{}, request.ticket, std::nullopt};
  try {
    if (request.map) {
      if (batch_.bytes.empty()) batchStart_ = Clock::now();
      request.map->snapshot(batch_);
    } else {
      drainAll();
    }
  } catch (const SystemError& error) {
    message.error = error;
  }
  flush();
  if (!stopping_) deliver_(std::move(message));
}

void RingReader::drainAll() {
  auto deadline = Clock::now() + kDrainLimit;
  auto drain = [&](uint16_t index, auto& ring) {
    const auto end = ring.mark();
    while (!stopping_ && !ring.reached(end)) {
      if (readUpTo(index, ring, ring.mark()) > 0) deadline = Clock::now() + kDrainLimit;
      else if (Clock::now() > deadline) return;
      else sleep(milliseconds{1});
    }
  };
  for (size_t i = 0; i < sources_.size(); i++)
    std::visit([&](auto& ring) { drain(i, ring); }, sources_[i].ring);
}

void RingReader::flush() {
  urgent_ = false;
  if (batch_.bytes.empty()) return;
  std::unique_lock<std::mutex> lock(mutex_);
  acknowledged_.wait(lock, [&] { return inFlight_ < kMaximumInFlight || stopping_; });
  if (stopping_) return;
  inFlight_++;
  lock.unlock();
  Message message{std::move(batch_.bytes)};
  batch_.bytes = {};
  batch_.bytes.reserve(kBatchBytes);
  deliver_(std::move(message));
}
