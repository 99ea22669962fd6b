// Errors on their way to JavaScript, and what libbpf says on the way.
#pragma once

#include <cerrno>
#include <stdexcept>
#include <string>

#include <bpf/libbpf.h>
#include <napi.h>

/** A failed system or libbpf call. `code` is a positive errno. */
struct SystemError : std::runtime_error {
  SystemError(int code, const std::string& message, std::string log = {}, std::string program = {})
      : std::runtime_error(message), code(code), log(std::move(log)), program(std::move(program)) {}

  int code;
  std::string log;
  std::string program;
};

/** `what`: the text of errno `code`. */
SystemError systemError(int code, const std::string& what, std::string log = {});

/** An Error with `code` (errno name), and `log` and `program` where they are known. */
Napi::Error toJs(Napi::Env env, const SystemError& error);

/** Runs `body`; whatever it throws becomes a JavaScript exception. */
template <typename Body>
auto guard(Napi::Env env, Body body) {
  try {
    return body();
  } catch (const SystemError& error) {
    throw toJs(env, error);
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Napi::Error::New(env, error.what());
  }
}

/** Collects what libbpf prints on this thread while it lives; nothing ever goes to stderr. */
class LogCapture {
 public:
  /** `all`: what libbpf prints for its own developers, too. */
  explicit LogCapture(bool all = false);
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  /** Installs the process-wide callback that feeds the captures. */
  static void install();
  const std::string& text() const { return text_; }

 private:
  static int print(enum libbpf_print_level level, const char* format, va_list arguments);
  static thread_local LogCapture* current_;

  std::string text_;
  bool all_;
  LogCapture* outer_;
};
