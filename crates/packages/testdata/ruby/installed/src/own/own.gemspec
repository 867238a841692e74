Gem::Specification.new do |s|
  s.name = "own"
  s.version = File.read("VERSION")
end
