// printf into a string.
#pragma once

#include <cstdarg>
#include <cstdio>
#include <string>

inline void appendFormatted(std::string& text, const char* format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(nullptr, 0, format, again);
  va_end(again);
  if (length <= 0) return;
  size_t before = text.size();
  text.resize(before + length + 1);
  vsnprintf(&text[before], length + 1, format, arguments);
  text.resize(before + length);
}
