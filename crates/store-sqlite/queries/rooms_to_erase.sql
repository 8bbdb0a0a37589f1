SELECT number FROM rooms WHERE erased < mark AND archive = 0
