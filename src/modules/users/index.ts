export { EmailInput } from './email.js';
export { NewPasswordInput, PasswordInput } from './password-policy.js';
export { User, UserSchema } from './user.entity.js';
export { UsersModule } from './users.module.js';
export { UsersService } from './users.service.js';
