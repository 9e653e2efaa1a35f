"""Page layouts, one file each: markup as sites of that kind write it, noise and all."""
