// Checked access to JavaScript arguments: a wrong type throws a TypeError that names the argument.
#pragma once

#include <string>

#include <napi.h>

namespace arguments {

inline Napi::TypeError wrong(Napi::Env env, const char* name, const char* type) {
  return Napi::TypeError::New(env, std::string(name) + " must be " + type);
}

inline Napi::Uint8Array bytes(Napi::Env env, Napi::Value value, const char* name) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array)
    throw wrong(env, name, "a Uint8Array");
  return value.As<Napi::Uint8Array>();
}

inline std::string string(Napi::Env env, Napi::Value value, const char* name) {
  if (!value.IsString()) throw wrong(env, name, "a string");
  return value.As<Napi::String>().Utf8Value();
}

/** A non-negative integer that a double holds exactly. */
inline uint64_t integer(Napi::Env env, Napi::Value value, const char* name) {
  double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(number >= 0 && number <= 9007199254740991.0) || number != static_cast<double>(static_cast<uint64_t>(number)))
    throw wrong(env, name, "a non-negative integer");
  return static_cast<uint64_t>(number);
}

inline bool boolean(Napi::Env env, Napi::Value value, const char* name) {
  if (!value.IsBoolean()) throw wrong(env, name, "a boolean");
  return value.As<Napi::Boolean>().Value();
}

inline Napi::Object object(Napi::Env env, Napi::Value value, const char* name) {
  if (!value.IsObject()) throw wrong(env, name, "an object");
  return value.As<Napi::Object>();
}

inline Napi::Array array(Napi::Env env, Napi::Value value, const char* name) {
  if (!value.IsArray()) throw wrong(env, name, "an array");
  return value.As<Napi::Array>();
}

}  // namespace arguments
