"""Work nobody asks for: done once for all server processes, a little after it falls due."""
