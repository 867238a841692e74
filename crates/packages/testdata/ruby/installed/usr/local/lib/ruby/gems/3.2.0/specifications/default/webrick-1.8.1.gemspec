Gem::Specification.new do |s|
  s.name = 'webrick'
  s.version = "1.8.1"
  s.platform = "java".freeze
end
