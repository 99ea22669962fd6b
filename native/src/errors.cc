#include "errors.h"

#include <cstring>

#include "text.h"

SystemError systemError(int code, const std::string& what, std::string log) {
  return SystemError(code, what + ": " + strerror(code), std::move(log));
}

Napi::Error toJs(Napi::Env env, const SystemError& error) {
  Napi::Error result = Napi::Error::New(env, error.what());
  const char* name = strerrorname_np(error.code);
  result.Set("code", Napi::String::New(env, name ? name : "EINVAL"));
  if (!error.log.empty()) result.Set("log", Napi::String::New(env, error.log));
  if (!error.program.empty()) result.Set("program", Napi::String::New(env, error.program));
  return result;
}

thread_local LogCapture* LogCapture::current_ = nullptr;

int LogCapture::print(enum libbpf_print_level level, const char* format, va_list arguments) {
  if (current_ && (current_->all_ || level != LIBBPF_DEBUG)) appendFormatted(current_->text_, format, arguments);
  return 0;
}

void LogCapture::install() { libbpf_set_print(print); }

LogCapture::LogCapture(bool all) : all_(all), outer_(current_) { current_ = this; }

LogCapture::~LogCapture() { current_ = outer_; }
