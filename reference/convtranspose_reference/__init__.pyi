from .attributes import Attributes as Attributes
from .attributes import InvalidInput as InvalidInput
from .conv import conv as conv
from .conv_transpose import conv_transpose as conv_transpose
from .errors import UserError as UserError
from .geometry import output_shape_of as output_shape_of
from .resize import resize as resize
from .resize.depth_to_space import depth_to_space as depth_to_space
