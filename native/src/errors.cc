#include "errors.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

#include <bpf/libbpf.h>

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

namespace {

thread_local std::string* current = nullptr;

int print(enum libbpf_print_level level, const char* format, va_list arguments) {
  if (!current || level == LIBBPF_DEBUG) return 0;
  char line[4096];
  int length = vsnprintf(line, sizeof line, format, arguments);
  if (length > 0) current->append(line, std::min<size_t>(length, sizeof line - 1));
  return 0;
}

}  // namespace

void LogCapture::install() { libbpf_set_print(print); }

LogCapture::LogCapture() : outer_(current) { current = &text_; }

LogCapture::~LogCapture() { current = outer_; }
