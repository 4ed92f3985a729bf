# The functions of the C library, as sidekick_ffi.h declares them, for Fiddle.
require "fiddle/import"

module Sidekick
  # A call that failed.
  class Error < StandardError
    attr_reader :status

    def initialize(status, message)
      super(message)
      @status = status
    end
  end

  # The functions as they are.
  module C
    extend Fiddle::Importer
    dlload ENV.fetch("SIDEKICK_LIBRARY", "libsidekick.so")
    { "sidekick_status" => "int", "int32_t" => "int", "uint32_t" => "unsigned int",
      "int64_t" => "long long", "uint64_t" => "unsigned long long" }.each { |name, type| typealias name, type }

    # Each declaration is one line.
    File.foreach(ENV.fetch("SIDEKICK_FFI")) do |line|
      case line
      when /\Aenum \{ (\w+) = (\S+) \};/ then const_set($1, Integer($2))
      when /\Atypedef .*\(\*(\w+_callback)\)/ then typealias $1, "void *"
      when /\A(?:const )?\w+ \*?sidekick_\w+\(.*\);/ then extern line.delete_suffix(";\n").sub("(void)", "()")
      end
    end
  end

  # Room for one number or pointer. It begins as NULL.
  class Place
    SIZE = 8

    def initialize
      @memory = Fiddle::Pointer.malloc(SIZE, Fiddle::RUBY_FREE)
      @memory[0, SIZE] = "\0" * SIZE
    end

    def to_ptr = @memory
    def pointer = @memory.ptr
    def size = @memory[0, Fiddle::SIZEOF_SIZE_T].unpack1("J")
    def double = @memory[0, SIZE].unpack1("d")
  end

  module_function

  # Calls a function that returns a status, with a place for its error, and raises what went wrong.
  def call(name, *arguments)
    error = Place.new
    status = C.public_send("sidekick_#{name}", *arguments, error)
    return if status == C::SIDEKICK_OK

    message = C.sidekick_error_message(error.pointer, nil).to_s.force_encoding("UTF-8")
    C.sidekick_error_free(error.pointer)
    raise Error.new(status, message)
  end

  # A text and its length in bytes.
  def text(string)
    [string, string.bytesize]
  end

  # Yields an object that a function makes, and frees it whatever happens. NULL, if it was not made, is fine.
  def with(type, function, *arguments)
    place = Place.new
    call(function, *arguments, place)
    yield place.pointer
  ensure
    C.public_send("sidekick_#{type}_free", place.pointer)
  end
end
