-- SPDX-License-Identifier: MIT
-- The answers of tests/probe/peers/haproxy.cfg.
local function answer(applet, body)
  applet:set_status(200)
  applet:add_header("Content-Type", "text/plain")
  applet:add_header("Content-Length", tostring(#body))
  applet:start_response()
  applet:send(body)
end

-- Calls each(name, value) for every field line.
local function each_field(applet, each)
  for name, values in pairs(applet.headers) do
    for _, value in pairs(values) do each(name, value) end
  end
end

core.register_service("echo", "http", function(applet)
  local body = ""
  each_field(applet, function(name, value)
    body = body .. name .. ": " .. value .. "\n"
  end)
  answer(applet, body)
end)

core.register_service("cookie", "http", function(applet)
  local body = ""
  each_field(applet, function(name, value)
    if name ~= "cookie" then return end
    for pair in value:gmatch("%s*([^;]+)") do
      if pair:find("=") then body = body .. pair .. "\n" end
    end
  end)
  answer(applet, body)
end)

core.register_service("body", "http", function(applet)
  answer(applet, applet:receive() or "")
end)
